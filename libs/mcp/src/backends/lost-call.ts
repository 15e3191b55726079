import type { McpOutcome } from '@mcp-hub/application';
import { CallLoss, type LossReason } from '../call-loss.js';
import { errorCode } from '../wire/protocol.js';

/** The outcome of a call that the hub, not the server, ends. */
export function lostCall(outcome: CallLoss['outcome'], reason: LossReason, message: string): McpOutcome {
  return { kind: 'error', code: errorCode.hub, message, data: new CallLoss(outcome, reason) };
}
