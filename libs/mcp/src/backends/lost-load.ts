import { LoadFailed } from '@mcp-hub/domain';
import type { LostRequest } from './lost-request.js';

/** The failure of a load or a check whose request was lost. */
export function lostLoad(loss: LostRequest): LoadFailed {
  return new LoadFailed(loss.code, loss.message, remedyOf(loss), { cause: loss });
}

function remedyOf({ code }: LostRequest): string {
  switch (code) {
    case 'upstream_auth':
      return 'Correct the credentials in the headers of the entry.';
    case 'egress_refused':
      return 'Let the operator allow the host, or name another URL.';
    default:
      return 'See whether the URL is right and the server itself works, and read its log.';
  }
}
