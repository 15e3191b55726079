import { LoadFailed } from '@mcp-hub/domain';

/** For installing and pulling (hosting.md, "Supervision"). */
export const prepareMs = 300_000;
/** A loader that was told of the deadline may still say why it was late. */
const lastWordMs = 1_000;

/**
 * Loaders are told of the deadline by the signal; one that does not listen is left behind.
 * @throws what the work throws, also shortly after the deadline; else `late`
 */
export async function untilDeadline<T>(work: Promise<T>, deadline: AbortSignal, late: () => LoadFailed): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => undefined;
  const isLate = new Promise<never>((_resolve, reject) => {
    onAbort = (): void => {
      timer = setTimeout(() => {
        reject(late());
      }, lastWordMs);
    };
    if (deadline.aborted) onAbort();
    else deadline.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, isLate]);
  } finally {
    clearTimeout(timer);
    deadline.removeEventListener('abort', onAbort);
  }
}

export function startTimeout(timeoutMs: number): LoadFailed {
  return new LoadFailed(
    'start_timeout',
    `The server was not ready within ${timeoutMs / 1000} s.`,
    'See whether it starts by hand; a slow one needs a larger loader.timeout.',
  );
}

export function installTimeout(): LoadFailed {
  return new LoadFailed(
    'install_failed',
    `What the server needs was not fetched within ${prepareMs / 1000} s.`,
    'See whether the package registry answers; the hub tries again by itself.',
  );
}
