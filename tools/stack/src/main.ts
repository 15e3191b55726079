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

const life = { isEnding: false };
async function end(code: number): Promise<void> {
  if (life.isEnding) return;
  life.isEnding = true;
  await stack.stop();
  process.exit(code);
}
process.on('SIGINT', () => void end(0));
process.on('SIGTERM', () => void end(0));
// A parent that started this with a channel is gone: nobody is left to end it.
process.on('disconnect', () => void end(0));

try {
  const state = await stack.start();
  process.stdout.write(`${JSON.stringify(state)}\n`);
} catch (error) {
  // Told to end while it started: what did not become ready then is no news.
  if (!life.isEnding) process.stderr.write(`stack: ${error instanceof Error ? error.message : String(error)}\n`);
  await end(1);
}
