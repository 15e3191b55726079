import type { RouteView } from '@mcp-hub/application';

/** Whether a server may come up without anybody doing something. */
export function isComingUp(view: RouteView, serverId: string): boolean {
  const record = view.directoryRecord(serverId);
  return record?.state === 'enabled' && record.failure === undefined;
}

/**
 * Waits while a server loads: until it can be called (`isFound`), has failed, is no longer wanted, `timeoutMs` are over, or the
 * client went away.
 */
export async function waitForRoute(
  view: RouteView,
  serverId: string,
  timeoutMs: number,
  gone: AbortSignal,
  isFound: () => boolean,
): Promise<void> {
  const isOver = (): boolean => isFound() || !isComingUp(view, serverId);
  if (isOver() || gone.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(finish, timeoutMs);
    const stop = view.onChange((id) => {
      if (id === serverId && isOver()) finish();
    });
    gone.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      stop();
      gone.removeEventListener('abort', finish);
      resolve();
    }
  });
}
