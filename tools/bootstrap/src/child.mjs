import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** A step of the set-up that failed; its message is for the person at the keyboard, who sees no stack. */
export class SetupFailure extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode] with which the process ends
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.name = 'SetupFailure';
    this.exitCode = exitCode;
  }
}

/** One short line about what is being done. Always on stderr: stdout belongs to the program that is started. */
export function say(/** @type {string} */ line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a Node script to its end. Its standard output goes where `stdout` says, SIGINT and SIGTERM are passed on to it.
 *
 * @param {string} script
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, stdout?: 'stdout' | 'stderr' }} options
 * @returns {Promise<number>} its exit code, 128 + the signal's number if a signal ended it or was passed on to it
 */
export function runScript(script, args, { cwd, env = process.env, stdout = 'stderr' }) {
  return new Promise((resolve, reject) => {
    const output = stdout === 'stderr' ? process.stderr.fd : process.stdout.fd;
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      env,
      stdio: ['ignore', output, process.stderr.fd],
    });
    /** @type {NodeJS.Signals | undefined} */
    let passedOn;
    const passOn = (/** @type {NodeJS.Signals} */ signal) => {
      passedOn = signal;
      child.kill(signal);
    };
    process.on('SIGINT', passOn).on('SIGTERM', passOn);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn);
      const ended = passedOn ?? signal;
      resolve(ended === null ? (code ?? 1) : 128 + constants.signals[ended]);
    });
  });
}

/**
 * The script behind a command of an installed package.
 *
 * @param {string} root the workspace's folder
 * @param {string} packageName
 * @param {string} command
 */
export function scriptOf(root, packageName, command) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}
