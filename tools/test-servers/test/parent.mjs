// A process that starts the servers named as arguments, tells their ids in one line of JSON, and then either waits to
// be killed or, told `leave`, does nothing more.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const [end, ...kinds] = process.argv.slice(2);
const { module } = await runnerImport(fileURLToPath(new URL('../src/index.ts', import.meta.url)));
const start = { redis: module.startRedis, mongo: module.startMongo };

const pids = {};
for (const kind of kinds) pids[kind] = (await start[kind]()).pid;
process.stdout.write(`${JSON.stringify(pids)}\n`);
if (end === 'wait') process.stdin.resume();
