import { withKeyFiles } from './key-files.js';
import { loadConfig, type LoadConfigOptions, type LoadedConfig } from './load-config.js';

/** The part of `process` that configuration is read from. */
export interface ConfigProcess {
  env: Readonly<Record<string, string | undefined>>;
  argv: readonly string[];
  cwd(): string;
  stderr: { write(text: string): unknown };
  exit(code: number): never;
}

/**
 * The configuration of a service, keys included. Where it is not right, every problem goes to stderr in one message and
 * the process ends with code 2.
 *
 * @param wanted `configFile` is read from the command line where it is left out: `--config FILE`, `--config=FILE` or
 *   `-c FILE`, wherever it stands
 */
export async function configOrExit(
  wanted: Pick<LoadConfigOptions, 'form' | 'service' | 'overrides' | 'configFile'>,
  host: ConfigProcess,
): Promise<LoadedConfig> {
  const configFile = wanted.configFile ?? configArgument(host.argv);
  if (configFile === '') {
    host.stderr.write('--config needs the name of a file.\n');
    return host.exit(2);
  }
  const loaded = loadConfig({
    ...wanted,
    env: host.env,
    cwd: host.cwd(),
    ...(configFile === undefined ? {} : { configFile }),
  });
  if (!loaded.ok) {
    const lines = loaded.problems.map((problem) => `  - ${problem}\n`).join('');
    host.stderr.write(`The configuration has ${loaded.problems.length} problem(s):\n${lines}`);
    return host.exit(2);
  }
  for (const warning of loaded.warnings) host.stderr.write(`Configuration: ${warning}\n`);
  try {
    return { ...loaded, config: await withKeyFiles(loaded.config) };
  } catch (error) {
    host.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return host.exit(2);
  }
}

/** @returns '' where the name is missing */
function configArgument(argv: readonly string[]): string | undefined {
  for (const [index, argument] of argv.entries()) {
    if (argument === '--config' || argument === '-c') return argv[index + 1] ?? '';
    if (argument.startsWith('--config=')) return argument.slice('--config='.length);
  }
  return undefined;
}
