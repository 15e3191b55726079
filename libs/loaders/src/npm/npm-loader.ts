import { realpath } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import type { Ids, LoadContext, Loader, LoadRequest, McpBackend } from '@mcp-hub/application';
import { LoadFailed, type ServerEntry, type ServerPackage } from '@mcp-hub/domain';
import { childEnvironment } from '../packages/child-environment.js';
import { EraRecords } from '../packages/era-records.js';
import { packageFolders, type PackageFolders } from '../packages/package-folders.js';
import { packageInputs } from '../packages/package-inputs.js';
import { startInItsEras } from '../packages/start-in-its-eras.js';
import type { ChildProcesses } from '../supervision/child-processes.js';
import type { CrashPolicy } from '../supervision/crash-budget.js';
import { launchStdioServer, type Era } from '../supervision/launch-stdio-server.js';
import { OutputLog } from '../supervision/output-log.js';
import { SupervisedBackend } from '../supervision/supervised-backend.js';
import { secretsOf, textMask } from '../supervision/text-mask.js';
import { chooseProgram, isForNode } from './choose-program.js';
import { NpmPackages, type InstalledPackage } from './npm-packages.js';
import { npxArguments } from './npx-arguments.js';

export interface NpmLoaderOptions {
  /** Absolute (`loader.cache_dir`). */
  cacheDir: string;
  children: ChildProcesses;
  ids: Ids;
  /** The hub's own, of which children get little. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Instead of the one that npm is configured with. */
  registry?: string;
  /** For each start after the first one (`loader.timeout`); default 30 s. */
  startTimeoutMs?: number;
  installTimeoutMs?: number;
  crashPolicy?: CrashPolicy;
}

/**
 * Runs npm packages as children that speak MCP on their standard streams (hosting.md, "Packages"), one for each era that
 * a package speaks and clients ask for.
 */
export class NpmLoader implements Loader {
  readonly type = 'npm';
  readonly weight = 1;
  readonly #options: NpmLoaderOptions;
  readonly #packages: NpmPackages;
  readonly #eras = new EraRecords();

  constructor(options: NpmLoaderOptions) {
    this.#options = options;
    this.#packages = new NpmPackages(options);
  }

  /**
   * Installs the package, which may take far longer than a start and has a deadline of its own.
   *
   * @returns the request to load, with the exact version in place of `latest`
   * @throws LoadFailed
   */
  async prepare(request: LoadRequest, context: LoadContext): Promise<LoadRequest> {
    const { signal } = context;
    try {
      signal.throwIfAborted();
      return await this.#prepare(request, context);
    } catch (error) {
      if (error instanceof LoadFailed || !signal.aborted) throw error;
      throw new LoadFailed(
        'start_timeout',
        'The package was still being installed at the deadline.',
        'The installation goes on, and the hub tries again by itself.',
        { cause: error },
      );
    }
  }

  async #prepare(request: LoadRequest, context: LoadContext): Promise<LoadRequest> {
    const { entry } = request;
    const { wanted, index } = npmPackageOf(entry);
    // What can't be started needs no network to say so.
    packageInputs(wanted);
    const version = await this.#packages.resolve(wanted.name, wanted.version, context.signal);
    if (version !== wanted.version)
      context.log('lifecycle', `${wanted.name} ${wanted.version || 'latest'} is ${version}`);
    if (!(await this.#packages.find(wanted.name, version))) {
      context.log('lifecycle', `installing ${wanted.name} ${version}`);
      await this.#packages.install(wanted.name, version, context.signal);
    }
    return { ...request, entry: { ...entry, packages: entry.packages.with(index, { ...wanted, version }) } };
  }

  async load(request: LoadRequest, context: LoadContext): Promise<McpBackend> {
    const { entry } = await this.prepare(request, context);
    const { startTimeoutMs } = this.#options;
    const { wanted } = npmPackageOf(entry);
    const installed = await this.#packages.install(wanted.name, wanted.version, context.signal);
    const program = await programOf(wanted, installed);
    const modules = await modulesOf(installed);
    const place = dirname(modules);
    const backend = await startInItsEras(
      {
        start: (era, signal) => this.#start(era, { entry, program, modules, context }, signal),
        program: { place, file: relative(place, program.file) },
        records: this.#eras,
        log: (text) => {
          context.log('lifecycle', text);
        },
        ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
      },
      context.signal,
    );
    context.log('lifecycle', `${wanted.name} ${wanted.version} runs`);
    return backend;
  }

  async #start(era: Era, server: Server, signal: AbortSignal): Promise<McpBackend> {
    const folders = await packageFolders(this.#options.children, server.entry.id);
    const backend = this.#supervise(era, server, folders);
    await backend.start(signal);
    return backend;
  }

  #supervise(era: Era, { entry, program, modules, context }: Server, folders: PackageFolders): SupervisedBackend {
    const { children, ids, environment, startTimeoutMs, crashPolicy } = this.#options;
    const output = new OutputLog({
      mask: textMask(secretsOf(entry), { [folders.root]: '(work)', [modules]: '(package)' }),
      onLine: (stream, text) => {
        context.log(stream, text);
      },
    });
    const command = {
      program: program.run,
      args: program.args,
      environment: childEnvironment(program.environment, environment, folders),
      cwd: folders.work,
      folder: folders.root,
    };
    return new SupervisedBackend({
      launch: (signal) => launchStdioServer({ children, command, ids, output, era }, signal),
      output,
      release: () => folders.remove(),
      isStateless: era === 'modern',
      ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
      ...(crashPolicy === undefined ? {} : { crashPolicy }),
    });
  }
}

/** What is run of a package. */
interface Program {
  file: string;
  run: string;
  args: readonly string[];
  /** What the entry declares. */
  environment: Readonly<Record<string, string>>;
}

/** What all processes of a server have in common. */
interface Server {
  entry: ServerEntry;
  program: Program;
  /** The node_modules that its package is in. */
  modules: string;
  context: LoadContext;
}

async function programOf(wanted: ServerPackage, installed: InstalledPackage): Promise<Program> {
  const { environment, ...inputs } = packageInputs(wanted);
  const { runtimeArguments, programArguments, program } =
    wanted.runtime_hint === 'npx'
      ? npxArguments(wanted.name, inputs.runtimeArguments, inputs.programArguments)
      : { ...inputs, program: undefined };
  const file = await chooseProgram(installed, program);
  return (await isForNode(file))
    ? { file, run: process.execPath, args: [...runtimeArguments, file, ...programArguments], environment }
    : { file, run: file, args: programArguments, environment };
}

function npmPackageOf(entry: ServerEntry): { wanted: ServerPackage; index: number } {
  const index = entry.packages.findIndex(({ registry_name }) => registry_name === 'npm');
  const wanted = entry.packages[index];
  if (!wanted) {
    throw new LoadFailed('nothing_to_load', 'The entry has no npm package.', 'Add one to packages.');
  }
  const transport = wanted.transport?.type ?? 'stdio';
  if (transport !== 'stdio') {
    throw new LoadFailed(
      'nothing_to_load',
      `The npm package "${wanted.name}" is served over ${transport}; npm packages are run over stdio only.`,
      'Where the package also speaks stdio, say transport {type: stdio} and give the arguments for it.',
    );
  }
  return { wanted, index };
}

/** The node_modules that holds the package and all that it needs. */
async function modulesOf({ folder, name }: InstalledPackage): Promise<string> {
  return realpath(name.split('/').reduce((path) => dirname(path), folder));
}
