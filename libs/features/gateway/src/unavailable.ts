import type { RouteView } from '@mcp-hub/application';
import type { Refusal } from './gateway-answers.js';

/** Why a server can't take a request now, from what the directory says of it. */
export function unavailableReason(view: RouteView, serverId: string, publicId = serverId): Refusal {
  const record = view.directoryRecord(serverId);
  if (!record || record.state === 'deleted') {
    // Without an epoch the directory may be lost, or was never written: absence says nothing.
    return record || view.currentEpoch !== undefined
      ? { httpStatus: 404, code: 'server_not_found', message: `There is no server "${publicId}".` }
      : {
          httpStatus: 503,
          code: 'gateway_starting',
          message: 'The gateway does not know the servers yet. Try again shortly.',
          outcome: 'not_executed',
          retryAfterSeconds: 1,
        };
  }
  const base = { httpStatus: 503, server: record.name, outcome: 'not_executed' } as const;
  if (record.state === 'disabled') {
    return {
      ...base,
      code: 'server_disabled',
      status: 'disabled',
      message: `The server is disabled. POST /v0/servers/${serverId}/enable switches it on.`,
    };
  }
  if (record.failure) {
    const { code, message, remedy } = record.failure;
    return { ...base, code, status: 'failed', message: remedy ? `${message} ${remedy}` : message };
  }
  return {
    ...base,
    code: 'server_loading',
    status: 'loading',
    message: 'The server is still loading. Try again shortly.',
    retryAfterSeconds: 2,
  };
}
