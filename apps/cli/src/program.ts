import { Command, CommanderError } from 'commander';
import type { runStandalone } from '@mcp-hub/standalone';
import { exitCodes } from './exit-codes.js';
import { migrateCommand } from './migrate.js';
import { statusCommand, type Terminal } from './status.js';
import type { StdioCommandOptions } from './stdio/stdio-command.js';

/** What the commands need of the process they run in. */
export interface CommandHost extends Terminal {
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  /** Runs the hub in this process, which ends with it. */
  runHub: typeof runStandalone;
  /** Bridges this process' standard streams to a server, until they end. @returns the exit code */
  bridge: (options: StdioCommandOptions) => Promise<number>;
}

interface SharedOptions {
  config?: string;
  url?: string;
  token?: string;
}

const defaultUrl = 'http://localhost:8080';

/**
 * Runs one command line (hub-api.md, section 4): data goes to `out`, everything else to `err`.
 *
 * @param args without the program's name
 * @returns the exit code; undefined where the command runs on and ends the process itself
 */
export async function runCommandLine(args: readonly string[], host: CommandHost): Promise<number | undefined> {
  let exitCode: number | undefined;
  const program = new Command('mcp-hub-registry')
    .description('A registry of MCP servers that also runs them.')
    .version(host.version)
    // Commander takes these before and after the command's name.
    .option('-c, --config <file>', 'configuration file (default: config.yaml, .yml or .toml in this folder)')
    .option('--url <url>', `the running hub (default: MCP_REGISTRY_URL, else ${defaultUrl})`)
    .option('--token <token>', 'a token of the hub (default: MCP_REGISTRY_TOKEN)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void host.out.write(text),
      writeErr: (text) => void host.err.write(text),
    });

  program
    .command('run')
    .description('run the whole hub in this process, until Ctrl+C')
    .option('-p, --port <port>', 'port to listen on (default: api.port, 8080)')
    .option('--host <host>', 'address to listen on (default: api.host)')
    .action(async (_options: unknown, command: Command) => {
      const {
        config,
        port,
        host: address,
      } = command.optsWithGlobals<SharedOptions & { port?: string; host?: string }>();
      await host.runHub({
        ...(config === undefined ? {} : { configFile: config }),
        overrides: {
          ...(port === undefined ? {} : { 'api.port': port }),
          ...(address === undefined ? {} : { 'api.host': address }),
        },
      });
    });

  program
    .command('status')
    .description('show the hub and its servers')
    .option('--format <format>', 'table, json or yaml', 'table')
    .action(async (_options: unknown, command: Command) => {
      const { url, token, format } = command.optsWithGlobals<SharedOptions & { format: string }>();
      exitCode = await statusCommand(
        {
          url: url ?? (host.env['MCP_REGISTRY_URL'] || defaultUrl),
          token: token ?? (host.env['MCP_REGISTRY_TOKEN'] || undefined),
          format,
        },
        host,
      );
    });

  program
    .command('stdio')
    .description("serve one of the hub's servers on standard streams, for MCP clients that speak nothing else")
    .argument('<id>', 'the server, as "status" lists it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { url, token } = command.optsWithGlobals<SharedOptions>();
      exitCode = await host.bridge({
        id,
        url: url ?? (host.env['MCP_REGISTRY_URL'] || defaultUrl),
        token: token ?? (host.env['MCP_REGISTRY_TOKEN'] || undefined),
      });
    });

  program
    .command('migrate')
    .description("write a file's entries in today's form, as older registries wrote them otherwise")
    .argument('<file>', 'one entry, a list of them, or a file with "servers", in YAML or JSON')
    .action(async (file: string) => {
      exitCode = await migrateCommand(file, new Date().toISOString(), host);
    });

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  return exitCode;
}
