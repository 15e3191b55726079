import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesWith, uniqueSeconds } from '../../test/processes.js';
import { eventually } from '../../test/recording-server.js';
import { startWorker, type WorkerOptions, type WorkerProcess } from '../../test/worker-process.js';
import { ChildProcesses, type ChildProcessesOptions } from './child-processes.js';
import type { ConfinedChild } from './confined-child.js';
import type { ConfinementKind } from './confinement.js';

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;
let cacheDir = '';
const workers: WorkerProcess[] = [];
const started: ConfinedChild[] = [];

beforeEach(async () => {
  cacheDir = await realpath(await mkdtemp(join(tmpdir(), 'mcp-hub-children-')));
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.close();
  for (const child of started.splice(0)) await child.stop();
  await rm(cacheDir, { recursive: true, force: true });
});

/** Starts three processes that try to outlive it: of its group, of another session, and without a parent. */
const breeder = (seconds: string) =>
  `sleep ${seconds} & setsid sleep ${seconds} & setsid --fork sleep ${seconds}; echo ready; exec sleep ${seconds}`;
const sleepers = (seconds: string) => processesWith((command) => command === `sleep ${seconds}`);
const allBegun = (seconds: string) => eventually(() => sleepers(seconds).length === 4);
const noneLeft = (seconds: string) => eventually(() => sleepers(seconds).length === 0);

describe.each<ConfinementKind>(['namespace', 'group'])('ChildProcesses confined by %s', (confinement) => {
  const children = (options: Partial<ChildProcessesOptions> = {}) =>
    new ChildProcesses({ cacheDir, searchPath: process.env['PATH'] ?? '', confinement, ...options });

  async function start(
    program: string,
    args: string[],
    { environment = {}, ...options }: Partial<ChildProcessesOptions> & { environment?: Record<string, string> } = {},
  ) {
    const processes = children(options);
    const folder = await processes.workFolder('child');
    const given = { PATH: process.env['PATH'] ?? '', HOME: `${folder}/home`, ...environment };
    const child = await processes.start({ program, args, environment: given, cwd: folder, folder });
    started.push(child);
    const lines: string[] = [];
    child.onStderrLine((line) => lines.push(line));
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return {
      child,
      folder,
      given,
      lines,
      output: () => output,
      ready: () => eventually(() => output.includes('ready')),
    };
  }

  it('is what this machine allows', async ({ skip }) => {
    skip(!isLinux && confinement === 'namespace', 'There are PID namespaces on Linux only.');
    expect(await children().confinement()).toBe(confinement);
  });

  it('gives a child its environment, its folder and nothing else', async () => {
    const { child, given, folder, output } = await start(
      process.execPath,
      ['-e', 'console.log(JSON.stringify([process.env, process.cwd()]))'],
      { environment: { 'odd.name': 'x', IFS: 'y', EMPTY: '' } },
    );
    await child.exited;
    expect(JSON.parse(output())).toEqual([{ ...given, 'odd.name': 'x', IFS: 'y', EMPTY: '' }, folder]);
  });

  it('gives arguments as they are, to no shell', async () => {
    const args = [
      '$(touch pwned)',
      '`touch pwned`',
      '; touch pwned',
      'two words',
      '',
      "it's",
      '"',
      '*',
      'a\nb',
      '--',
      '-x',
    ];
    const program = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const { child, folder, output } = await start(process.execPath, ['-e', program, '--', ...args]);
    await child.exited;
    expect(JSON.parse(output())).toEqual(args);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['process.exit(3)', 'ended with exit code 3'],
    [
      'process.kill(process.pid, "SIGSEGV")',
      confinement === 'group' ? 'was ended by SIGSEGV' : 'was ended by a signal',
    ],
  ])('tells how %s ended it, and no more than it printed', async (program, reason) => {
    const { child, lines } = await start(process.execPath, ['-e', `console.error("last"); ${program}`]);
    expect((await child.exited).reason).toBe(reason);
    expect(lines).toEqual(['last']);
  });

  it('tells of a program that is not there', async () => {
    const { child, lines } = await start('/nonexistent/program', []);
    const { reason } = await child.exited;
    expect([reason, ...lines].join(' ')).toMatch(/ENOENT|No such file/);
    expect(await child.stop()).toMatchObject({ reason });
  });

  it('asks it to end, and gives it the time', async () => {
    const program =
      'process.on("SIGTERM", () => setTimeout(() => process.exit(7), 100)); console.log("ready"); setInterval(() => {}, 1e6)';
    const { child, ready } = await start(process.execPath, ['-e', program]);
    await ready();
    expect(await child.stop()).toEqual({ code: 7, reason: 'ended with exit code 7' });
  });

  it('forces what does not end when asked, with all that it has started', async () => {
    const seconds = uniqueSeconds();
    const { child, ready } = await start('sh', ['-c', `trap "" TERM; ${breeder(seconds)}`], { stopGraceMs: 200 });
    await ready();
    await allBegun(seconds);
    const begun = performance.now();
    expect((await child.stop()).reason).toBe('was ended by SIGKILL');
    await noneLeft(seconds);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('ends what a child has started when the child ends by itself', async () => {
    const seconds = uniqueSeconds();
    const { child, output } = await start('sh', ['-c', breeder(seconds).replace(/exec.*/, 'exit 2')]);
    expect((await child.exited).reason).toBe('ended with exit code 2');
    expect(output()).toBe('ready\n');
    await noneLeft(seconds);
  });

  it('runs a program to its end', async () => {
    const command = {
      program: 'sh',
      args: ['-c', 'echo out; echo err >&2; exit 5'],
      environment: {},
      cwd: cacheDir,
      folder: cacheDir,
    };
    expect(await children().run(command, AbortSignal.timeout(5_000))).toMatchObject({
      exit: { code: 5 },
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('ends a program whose time is over', async () => {
    const seconds = uniqueSeconds();
    const command = {
      program: 'sh',
      args: ['-c', `sleep ${seconds}`],
      environment: { PATH: process.env['PATH'] ?? '' },
      cwd: cacheDir,
      folder: cacheDir,
    };
    const abort = new AbortController();
    const running = children().run(command, abort.signal);
    await eventually(() => sleepers(seconds).length > 0);
    const reason = new Error('too late');
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(sleepers(seconds)).toEqual([]);
  });
});

const cases: [string, WorkerOptions][] = [
  ['in a namespace', { confinement: 'namespace' }],
  ['in a process group', { confinement: 'group' }],
  ['of an unprivileged user, in a namespace', { confinement: 'namespace', isUnprivileged: true }],
  ['of an unprivileged user, in a process group', { confinement: 'group', isUnprivileged: true }],
];

describe.skipIf(!isLinux).each(cases)('a child %s', (_, options) => {
  const isSkipped = options.isUnprivileged === true && !isRoot;

  async function worker(seconds: string): Promise<WorkerProcess> {
    const begun = await startWorker({ program: 'sh', args: ['-c', `trap "" TERM; ${breeder(seconds)}`] }, options);
    workers.push(begun);
    expect(begun.confinement).toBe(options.confinement);
    await allBegun(seconds);
    return begun;
  }

  it.skipIf(isSkipped)('ends with all that it has started when its worker is killed', async () => {
    const seconds = uniqueSeconds();
    (await worker(seconds)).process.kill('SIGKILL');
    await noneLeft(seconds);
  });

  it.skipIf(isSkipped)('ends when its worker exits without stopping it', async () => {
    const seconds = uniqueSeconds();
    (await worker(seconds)).exit();
    await noneLeft(seconds);
  });

  it.skipIf(isSkipped)('ends when the guard was killed before its worker', async () => {
    const seconds = uniqueSeconds();
    const { process: parent, workFolder } = await worker(seconds);
    const guards = () => processesWith((command) => command.endsWith(`mcp-hub-guard ${join(workFolder, '..')}`));
    const [first] = guards();
    process.kill(first!, 'SIGKILL');
    await eventually(() => guards().some((pid) => pid !== first));
    parent.kill('SIGKILL');
    await noneLeft(seconds);
    await eventually(() => guards().length === 0);
  });
});
