import { HubError, LoadFailed, SecretUnreadable } from '@mcp-hub/domain';

/** What a failed load is reported as, whatever was thrown. */
export function asLoadFailed(error: unknown): LoadFailed {
  if (error instanceof LoadFailed) return error;
  if (error instanceof SecretUnreadable) {
    return new LoadFailed('secret_unreadable', error.message, 'See secrets.key.', { cause: error });
  }
  if (error instanceof HubError && error.kind === 'unavailable') {
    return new LoadFailed('install_failed', error.message, 'The hub tries again by itself.', { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new LoadFailed('crashed', `The server ended: ${reason}`, 'See the server’s log for what it printed last.', {
    cause: error,
  });
}
