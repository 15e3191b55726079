import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import type { ChildCommand } from '../src/supervision/confined-child.js';
import type { ConfinementKind } from '../src/supervision/confinement.js';

const supervision = join(import.meta.dirname, '../src/supervision');
const unprivilegedId = 65_534;

export interface WorkerOptions {
  confinement?: ConfinementKind;
  /** Runs it as a user without any rights, where this one may. */
  isUnprivileged?: boolean;
}

/** A process of its own that starts one child as a worker does, to be killed by tests. */
export interface WorkerProcess {
  process: ChildProcess;
  /** What confines the child. */
  confinement: ConfinementKind;
  workFolder: string;
  exit(): void;
  close(): Promise<void>;
}

const script = `
import { createInterface } from 'node:readline';
import { ChildProcesses } from './supervision/child-processes.js';
const { options, command } = JSON.parse(process.argv[2]);
const children = new ChildProcesses(options);
const folder = await children.workFolder('child');
const environment = { PATH: process.env.PATH, HOME: folder + '/home' };
const child = await children.start({ ...command, environment, cwd: folder, folder });
child.onStderrLine((line) => console.error(line));
child.stdout.once('data', async () => {
  console.log(JSON.stringify({ confinement: await children.confinement(), workFolder: folder }));
});
createInterface({ input: process.stdin }).on('line', () => process.exit(0));
`;

export async function startWorker(
  command: Pick<ChildCommand, 'program' | 'args'>,
  { confinement, isUnprivileged = false }: WorkerOptions,
): Promise<WorkerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-worker-'));
  const cacheDir = join(folder, 'cache');
  await mkdir(cacheDir);
  await mkdir(join(folder, 'supervision'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'worker.js'), script);
  for (const name of await readdir(supervision)) {
    if (name.endsWith('.spec.ts')) continue;
    const source = await readFile(join(supervision, name), 'utf8');
    const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, verbatimModuleSyntax: true };
    const { outputText } = transpileModule(source, { compilerOptions });
    await writeFile(join(folder, 'supervision', name.replace(/\.ts$/, '.js')), outputText);
  }
  await chmod(folder, 0o755);
  if (isUnprivileged) await chown(cacheDir, unprivilegedId, unprivilegedId);

  const options = { cacheDir, searchPath: process.env['PATH'], ...(confinement && { confinement }) };
  const worker = spawn(process.execPath, [join(folder, 'worker.js'), JSON.stringify({ options, command })], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: folder,
    ...(isUnprivileged && { uid: unprivilegedId, gid: unprivilegedId }),
  });
  const [line] = (await once(createInterface({ input: worker.stdout }), 'line')) as [string];
  const told = JSON.parse(line) as Pick<WorkerProcess, 'confinement' | 'workFolder'>;
  return {
    process: worker,
    ...told,
    exit: () => worker.stdin.write('exit\n'),
    async close() {
      if (worker.exitCode === null && worker.signalCode === null) {
        worker.kill('SIGKILL');
        await once(worker, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
