import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * The folders in which the children of this process work: `<root>/<owner>/<name>-<random>`. The owner's name tells
 * which process it is, so that what a killed worker has left behind is found and removed by the next one.
 */
export class WorkFolders {
  readonly #root: string;
  #own: Promise<string> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** The folder of all folders of this process. */
  own(): Promise<string> {
    this.#own ??= this.#make().catch((error: unknown) => {
      this.#own = undefined;
      throw error;
    });
    return this.#own;
  }

  /** A new and empty one. @param name letters, digits and dashes */
  async create(name: string): Promise<string> {
    return mkdtemp(join(await this.own(), `${name}-`));
  }

  async #make(): Promise<string> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    // Symbolic links on the way would make the paths that children see differ from those that are masked.
    const root = await realpath(this.#root);
    const machine = await machineName();
    await removeAbandoned(root, machine);
    const own = join(
      root,
      [machine, process.pid, await startOf(process.pid), randomBytes(4).toString('hex')].join('-'),
    );
    await mkdir(own, { mode: 0o700 });
    return own;
  }
}

/** Process ids mean something within one PID namespace of one machine only. */
async function machineName(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 12);
}

async function removeAbandoned(root: string, machine: string): Promise<void> {
  for (const name of await readdir(root)) {
    const [owner, pid, start] = name.split('-');
    if (owner !== machine || !pid || !start) continue;
    if (isAlive(Number(pid)) && (await startOf(Number(pid))) === start) continue;
    await rm(join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process started, in ticks since the machine did; 0 where the system does not say. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name, which may hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
