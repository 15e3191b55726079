import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '../node-child.js';

const run = promisify(execFile);
const installWithinMs = 600_000;
/** Below what git ignores. */
const folder = join(workspaceRoot, '.hub/peers');

export const mcpHubVersion = '4.2.1';
export const fastMcpVersion = '4.0.10';

/** Installs mcp-hub from npm, unless it is there. @returns its program @throws Error with what npm said */
export async function installMcpHub(report: (line: string) => void): Promise<string> {
  const own = join(folder, `mcp-hub-${mcpHubVersion}`);
  const program = join(own, 'node_modules/mcp-hub/dist/cli.js');
  await install(own, `mcp-hub ${mcpHubVersion} from npm`, report, async () => {
    const manifest = { name: 'bench-peer', private: true, dependencies: { 'mcp-hub': mcpHubVersion } };
    await writeFile(join(own, 'package.json'), JSON.stringify(manifest));
    await runIn(own, 'npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts']);
    const { version } = JSON.parse(await readFile(join(own, 'node_modules/mcp-hub/package.json'), 'utf8')) as {
      version: string;
    };
    if (version !== mcpHubVersion) throw new Error(`npm brought version ${version}.`);
  });
  return program;
}

/** Installs FastMCP from PyPI, unless it is there, by uv where that is found, else by pip. @returns a Python that has it */
export async function installFastMcp(report: (line: string) => void): Promise<string> {
  const own = join(folder, `fastmcp-${fastMcpVersion}`);
  const python = join(own, 'venv/bin/python');
  await install(own, `FastMCP ${fastMcpVersion} from PyPI`, report, async () => {
    const wanted = `fastmcp==${fastMcpVersion}`;
    if (await isThere('uv')) {
      await runIn(own, 'uv', ['venv', 'venv']);
      await runIn(own, 'uv', ['pip', 'install', '--python', python, wanted]);
    } else {
      await runIn(own, 'python3', ['-m', 'venv', 'venv']);
      await runIn(own, python, ['-m', 'pip', 'install', '--disable-pip-version-check', wanted]);
    }
  });
  return python;
}

/** A folder is whole where its installation came to the end. */
async function install(
  own: string,
  what: string,
  report: (line: string) => void,
  steps: () => Promise<void>,
): Promise<void> {
  const mark = join(own, 'installed');
  if (existsSync(mark)) return;
  report(`Installing ${what} …`);
  await rm(own, { recursive: true, force: true });
  await mkdir(own, { recursive: true });
  await steps();
  await writeFile(mark, '');
}

async function isThere(program: string): Promise<boolean> {
  try {
    await run(program, ['--version']);
    return true;
  } catch {
    // Not there, or not to be run.
    return false;
  }
}

async function runIn(cwd: string, program: string, args: readonly string[]): Promise<void> {
  try {
    await run(program, args, { cwd, timeout: installWithinMs, maxBuffer: 2 ** 26 });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${program} ${args[0] ?? ''}: ${stderr?.trim().split('\n').at(-1) ?? message}`, { cause: error });
  }
}
