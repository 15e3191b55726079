import { pathToFileURL } from 'node:url';

// mcp-hub as a process that ends with the bench: its own program does not look at the channel between the two.
const [, , program = '', ...args] = process.argv;
process.on('disconnect', () => process.exit(0));
process.argv = [process.execPath, program, ...args];
await import(pathToFileURL(program).href);
