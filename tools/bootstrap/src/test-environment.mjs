// Prints what besides the files decides which tests run. Nx hashes it, so that a verdict that skipped the tests of a
// server is not replayed once that server is there.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const folders = (process.env.PATH ?? '').split(delimiter);
for (const program of ['redis-server', 'mongod', 'javac', 'mvn']) {
  console.log(program, folders.find((folder) => folder && existsSync(join(folder, program))) ?? 'absent');
}
console.log(process.platform, process.arch, process.version);
