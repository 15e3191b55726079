import { Stack } from './stack.js';
import { readStackOptions, usage, type StackOptions } from './stack-options.js';

function optionsOrExit(): StackOptions {
  try {
    return readStackOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

const stack = new Stack(optionsOrExit(), process.env, (line) => {
  process.stderr.write(`stack: ${line}\n`);
});

let isEnding = false;
async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await stack.stop();
  process.exit(code);
}
process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));

try {
  process.stdout.write(`${JSON.stringify(await stack.start())}\n`);
} catch (error) {
  process.stderr.write(`stack: ${error instanceof Error ? error.message : String(error)}\n`);
  await end(1);
}
