import { runInNewContext } from 'node:vm';
import { UnfitForSharing } from './unfit-for-sharing.js';

/**
 * Runs work that does not wait for anything, and stops it in the middle where it takes longer.
 * @throws UnfitForSharing then, or what the work throws
 */
export function withinTime<T>(ms: number, work: () => T): T {
  let done: { value: T } | undefined;
  const run = (): void => {
    done = { value: work() };
  };
  try {
    // What a script calls ends with it, whichever context it is from.
    runInNewContext('run()', { run }, { timeout: ms });
  } catch (error) {
    if (isTimeout(error)) throw new UnfitForSharing('It takes too long.', { cause: error });
    throw error;
  }
  if (!done) throw new Error('The work was not run.');
  return done.value;
}

/** It is an `Error` of the script's context, not of this one. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
