import { HubError } from '@mcp-hub/domain';
import { CallLoss } from '../call-loss.js';

/** What to tell a client whose request did not get as far as the server. */
export function unavailable(error: unknown): { message: string; loss: CallLoss } {
  const message = error instanceof HubError ? error.message : 'The server does not answer at the moment.';
  return { message, loss: new CallLoss('not_executed', 'server_gone', 5) };
}
