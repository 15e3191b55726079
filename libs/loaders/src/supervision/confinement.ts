import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * `namespace`: a child is in a PID namespace of its own, which ends with it, whatever its descendants do. `group`: it
 * leads a process group; a descendant that leaves the group is found by its environment, if it kept that.
 */
export type ConfinementKind = 'namespace' | 'group';

export interface Confinement {
  kind: ConfinementKind;
  /** Goes before the program and its arguments. It changes neither environment nor standard streams. */
  prefix: readonly string[];
}

/**
 * In the order of what is wanted. `--mount-proc` also hides the other processes of the machine, whose environment
 * could be read in /proc by any child of the same user.
 */
const namespaces = [
  ['--pid', '--mount-proc'],
  ['--user', '--map-current-user', '--pid', '--mount-proc'],
  ['--pid'],
  ['--user', '--map-current-user', '--pid'],
];
const probeTimeoutMs = 5_000;

/** The strongest confinement that this machine and user have; each is tried, since kernels and containers differ. */
export async function findConfinement(searchPath: string): Promise<Confinement> {
  const unshare = process.platform === 'linux' ? await findProgram('unshare', searchPath) : undefined;
  if (unshare !== undefined) {
    for (const flags of namespaces) {
      // The first process of a namespace gets no signal that it does not handle: another unshare stands in for it.
      const prefix = [unshare, ...flags, '--fork', '--kill-child', '--', unshare, '--fork', '--'];
      if (await succeeds([...prefix, unshare, '--version'])) return { kind: 'namespace', prefix };
    }
  }
  return { kind: 'group', prefix: [] };
}

/** @returns its absolute path; undefined where no folder of the search path has it */
export async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const file = join(folder, name);
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      // The next folder may have it.
    }
  }
  return undefined;
}

function succeeds([program = '', ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', env: {}, timeout: probeTimeoutMs, killSignal: 'SIGKILL' });
    child.on('error', () => {
      resolve(false);
    });
    child.on('exit', (code) => {
      resolve(code === 0);
    });
  });
}
