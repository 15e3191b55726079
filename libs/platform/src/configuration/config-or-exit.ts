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
 */
export async function configOrExit(
  wanted: Pick<LoadConfigOptions, 'form' | 'service' | 'overrides'>,
  host: ConfigProcess,
): Promise<LoadedConfig> {
  const configFile = configArgument(host.argv);
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

/** `--config FILE`, `--config=FILE` or `-c FILE`, wherever it stands. */
function configArgument(argv: readonly string[]): string | undefined {
  for (const [index, argument] of argv.entries()) {
    if (argument === '--config' || argument === '-c') return argv[index + 1];
    if (argument.startsWith('--config=')) return argument.slice('--config='.length);
  }
  return undefined;
}
