import type { McpOutcome } from '@mcp-hub/application';
import { CallLoss, type LossReason } from '../call-loss.js';
import { errorCode } from '../wire/protocol.js';
import type { RpcReply } from './rpc-connection.js';

/** The outcome of a call that the hub, not the server, ends. */
export function lostCall(outcome: CallLoss['outcome'], reason: LossReason, message: string): McpOutcome {
  return { kind: 'error', code: errorCode.hub, message, data: new CallLoss(outcome, reason) };
}

/** The same, of a call whose connection went away. */
export function closedCall({ isSent, loss }: Extract<RpcReply, { kind: 'closed' }>): McpOutcome {
  if (loss) {
    const data = new CallLoss(loss.outcome, loss.reason, loss.retryAfter);
    return { kind: 'error', code: errorCode.hub, message: loss.message, data };
  }
  return isSent
    ? lostCall('unknown', 'server_gone', 'The server went away during the call.')
    : lostCall('not_executed', 'server_gone', 'The server is not running.');
}
