#!/usr/bin/env node
import { createRequire } from 'node:module';
import { runCommandLine } from './program.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  version,
  out: process.stdout,
  err: process.stderr,
  // Loaded only when wanted: the other commands are over before all of the hub is read.
  runHub: async (options) => (await import('@mcp-hub/standalone')).runStandalone(options),
  bridge: async (options) => (await import('./stdio/stdio-command.js')).stdioCommand(options, process),
});
if (exitCode !== undefined) process.exitCode = exitCode;
