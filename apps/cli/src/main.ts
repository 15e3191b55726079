#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { runStandalone } from '@mcp-hub/standalone';
import { statusCommand } from './status.js';
import { exitCodes } from './exit-codes.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const program = new Command('mcp-hub-registry')
  .description('A registry of MCP servers that also runs them.')
  .version(version)
  .option('-c, --config <file>', 'configuration file (run)')
  .option('--url <url>', 'the running hub (default: MCP_REGISTRY_URL, else http://localhost:8080)')
  .option('--token <token>', 'a token of the hub (default: MCP_REGISTRY_TOKEN)')
  .exitOverride();

program
  .command('run')
  .description('run the whole hub in this process')
  .option('-p, --port <port>', 'port to listen on')
  .option('--host <host>', 'address to listen on')
  .action(async ({ port, host }: { port?: string; host?: string }) => {
    await runStandalone({
      ...(port === undefined ? {} : { 'api.port': port }),
      ...(host === undefined ? {} : { 'api.host': host }),
    });
  });

program
  .command('status')
  .description('show the hub and its servers')
  .option('--format <format>', 'table, json or yaml', 'table')
  .action(async ({ format }: { format: string }) => {
    const { url, token } = program.opts<{ url?: string; token?: string }>();
    process.exitCode = await statusCommand(
      {
        url: url ?? process.env['MCP_REGISTRY_URL'] ?? 'http://localhost:8080',
        token: token ?? process.env['MCP_REGISTRY_TOKEN'],
        format,
      },
      { out: process.stdout, err: process.stderr },
    );
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}
