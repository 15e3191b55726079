import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupFailure, runScript, say } from './child.mjs';

const stampFile = 'node_modules/.hub-install';

/**
 * Installs the packages if package-lock.json is not what was installed last.
 *
 * @param {string} root the workspace's folder
 * @throws {SetupFailure} when npm fails
 */
export async function install(root) {
  const reason = reasonToInstall(root);
  if (reason === undefined) return;
  say(`Installing packages (${reason}) …`);
  rmSync(join(root, stampFile), { force: true });
  const code = await runScript(npmScript(), ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root });
  if (code !== 0) throw new SetupFailure('npm ci failed: its message is above.', code);
  writeStamp(root);
}

/**
 * @param {string} root the workspace's folder
 * @returns {string | undefined} why `npm ci` has to run, undefined if it need not
 */
export function reasonToInstall(root) {
  if (!existsSync(join(root, 'node_modules'))) return 'there are none yet';
  const stamp = join(root, stampFile);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash(root)) return undefined;
  if (!matchesLock(root)) return 'package-lock.json changed';
  writeStamp(root);
  return undefined;
}

/** Whether npm's own record in node_modules, which `npm install` writes too, has all that package-lock.json asks for. */
function matchesLock(/** @type {string} */ root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(record);
  return Object.entries(wanted).every(([path, { version, integrity, resolved, link, optional }]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return optional === true;
    return link ? found.resolved === resolved : found.version === version && found.integrity === integrity;
  });
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean }>}
 */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {};
}

function writeStamp(/** @type {string} */ root) {
  writeFileSync(join(root, stampFile), lockHash(root));
}

function lockHash(/** @type {string} */ root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex');
}

/** npm's script: the one that runs this, else the one that came with this Node. */
function npmScript() {
  const folder = dirname(process.execPath);
  const candidates = [
    process.env['npm_execpath'],
    join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(folder, 'node_modules/npm/bin/npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
  ];
  const script = candidates.find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
  if (script === undefined) throw new SetupFailure('npm is not beside this Node: start with `npm start` instead.');
  return script;
}
