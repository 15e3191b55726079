// Speaks like the suites' command. Its scenarios are `fine`, `fails`, `hangs` and `last`; `hangs` never ends.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [command, ...args] = process.argv.slice(2);
const valueOf = (name) => args[args.indexOf(name) + 1];
const names = ['fine', 'fails', 'hangs', 'last'];

async function run(name) {
  console.log(`=== Running scenario: ${name} ===`);
  if (name === 'hangs') await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  const folder = join(valueOf('--output-dir'), `server-${name}-2026-01-02T03-04-05-678Z`);
  await mkdir(folder, { recursive: true });
  const checks = [{ id: name, name: valueOf('--url'), status: name === 'fails' ? 'FAILURE' : 'SUCCESS' }];
  await writeFile(join(folder, 'checks.json'), JSON.stringify(checks));
}

if (command === 'list') for (const name of names) console.log(`  - ${name} [${valueOf('--spec-version')}]`);
else for (const name of args.includes('--scenario') ? [valueOf('--scenario')] : names) await run(name);
process.exitCode = 1;
if (command === 'list') process.exitCode = 0;
