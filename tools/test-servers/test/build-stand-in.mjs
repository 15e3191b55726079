// A process that builds the MongoDB stand-in into the cache folder given as argument and prints what it reported.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const source = fileURLToPath(new URL('../src/mongo-stand-in-build.ts', import.meta.url));
const { module } = await runnerImport(source);
const reported = [];
const build = await module.buildStandIn((line) => reported.push(line), process.argv[2]);
process.stdout.write(JSON.stringify({ build, reported }));
