import type { RouteView } from '@mcp-hub/application';
import type { ClientPresence } from './client-presence.js';

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
  client: ClientPresence,
  isFound: () => boolean,
): Promise<void> {
  const isOver = (): boolean => isFound() || !isComingUp(view, serverId);
  if (isOver() || client.isGone) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(finish, timeoutMs);
    const stop = view.onChange((id) => {
      if (id === serverId && isOver()) finish();
    });
    const stopWatching = client.onGone(finish);
    function finish(): void {
      clearTimeout(timer);
      stop();
      stopWatching();
      resolve();
    }
  });
}
