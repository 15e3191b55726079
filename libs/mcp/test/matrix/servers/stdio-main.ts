import { createInterface } from 'node:readline';
import { LegacyServer } from './legacy-server.js';
import { ModernServer } from './modern-server.js';
import type { Json } from './script.js';

const send = (message: Json): void => {
  // What is sent at once arrives at once, however busy the machine is.
  process.stdout.cork();
  process.nextTick(() => {
    process.stdout.uncork();
  });
  process.stdout.write(`${JSON.stringify(message)}\n`);
};
const server = process.argv[2] === 'modern' ? new ModernServer(send) : new LegacyServer(send);
createInterface({ input: process.stdin }).on('line', (line) => {
  server.receive(JSON.parse(line) as Json);
});
