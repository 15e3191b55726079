import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Reads `+ pid` and `- pid`; when its input ends, which is when the worker has ended however it did, it kills the
 * process groups that are left, and on Linux whatever has a folder of the worker's children in its environment.
 */
export const guardScript = `
trap '' HUP INT TERM
groups=' '
while read -r change id; do
  case "$change$groups" in
    +*) groups="$groups$id " ;;
    *" $id "*) groups="\${groups%% $id *} \${groups#* $id }" ;;
  esac
done
for id in $groups; do kill -KILL "-$id"; done 2>/dev/null
for round in 1 2 3; do
  found=$(grep -lzF "=$1/" /proc/[0-9]*/environ 2>/dev/null)
  [ -n "$found" ] || break
  for file in $found; do id=\${file#/proc/}; kill -KILL "\${id%/environ}"; done 2>/dev/null
done
`;

/**
 * A small shell that outlives the worker to end its children. One is enough for all of them; it is started with the
 * first child, and again if it ends.
 */
export class ProcessGuard {
  readonly #shell: string;
  readonly #folder: string;
  readonly #groups = new Set<number>();
  #process: ChildProcess | undefined;

  /** @param folder is in the environment of every child: what else has it there is killed too */
  constructor(shell: string, folder: string) {
    this.#shell = shell;
    this.#folder = folder;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Before the first child, so that none is without a guard. */
  start(): void {
    if (this.#process) return;
    const guard = spawn(this.#shell, ['-c', guardScript, 'mcp-hub-guard', this.#folder], {
      // Not in the worker's group: who kills that group means the guard's work to be done.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      cwd: '/',
    });
    this.#process = guard;
    guard.unref();
    if (guard.stdin instanceof Socket) guard.stdin.unref();
    const onEnd = (): void => {
      if (this.#process !== guard) return;
      this.#process = undefined;
      if (this.#groups.size > 0) this.start();
    };
    guard.stdin.on('error', () => undefined);
    guard.on('error', onEnd);
    guard.on('exit', onEnd);
    for (const group of this.#groups) guard.stdin.write(`+ ${group}\n`);
  }

  add(group: number): void {
    this.#groups.add(group);
    this.#process?.stdin?.write(`+ ${group}\n`);
  }

  remove(group: number): void {
    if (this.#groups.delete(group)) this.#process?.stdin?.write(`- ${group}\n`);
  }
}
