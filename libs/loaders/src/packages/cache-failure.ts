import { LoadFailed } from '@mcp-hub/domain';

/** What a fault of the disk below `loader.cache_dir` means; anything else stays what it is. */
export function cacheFailure(error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'))
    return error;
  return new LoadFailed(
    'install_failed',
    `The folder for packages can't be used (${error.code}).`,
    'Check loader.cache_dir: it must be writable and have room.',
    { cause: error },
  );
}

/** @throws LoadFailed where the disk is the reason */
export async function inCache<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw cacheFailure(error);
  }
}
