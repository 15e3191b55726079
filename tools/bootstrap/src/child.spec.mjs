import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'child '));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Starts a process that runs a script by `runScript` and ends with the exit code that it gives. */
function startParent(/** @type {string} */ script) {
  const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'child.mjs')).href);
  const child = join(folder, 'script.mjs');
  const parent = join(folder, 'parent.mjs');
  writeFileSync(child, script);
  writeFileSync(
    parent,
    `import { runScript } from ${module};
     process.exit(await runScript(${JSON.stringify(child)}, ['an argument'], { cwd: '.', stdout: 'stdout' }));`,
  );
  return spawn(process.execPath, [parent], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

it('gives the exit code of the script', async () => {
  const parent = startParent(`process.exit(process.argv[2] === 'an argument' ? 7 : 1)`);
  expect(await once(parent, 'exit')).toEqual([7, null]);
});

it.each(
  /** @type {const} */ ([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ]),
)('passes %s on and waits for the script to end', async (signal, code) => {
  const parent = startParent(`
    process.on('${signal}', () => { console.log('ended'); process.exit(0); });
    setInterval(() => undefined, 1000);
    console.log('ready');`);
  let output = '';
  parent.stdout.on('data', (chunk) => {
    if (!output.includes('ready')) parent.kill(signal);
    output += String(chunk);
  });
  expect(await once(parent, 'close')).toEqual([code, null]);
  expect(output).toBe('ready\nended\n');
});

it('tells that a signal ended the script', async () => {
  const parent = startParent(`process.kill(process.pid, 'SIGKILL'); setInterval(() => undefined, 1000);`);
  expect(await once(parent, 'exit')).toEqual([137, null]);
});
