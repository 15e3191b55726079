import type { ServerResponse } from 'node:http';
import { HubError } from '@mcp-hub/domain';
import { CallLoss } from '../call-loss.js';
import { sendJson, sendRejection } from '../wire/http-answer.js';
import { echoableId, kindOf, rpcError, type RpcError, type RpcRequest } from '../wire/json-rpc.js';
import { errorCode } from '../wire/protocol.js';
import type { CallRunner } from './call-runner.js';
import type { EndpointRequest } from './endpoint-options.js';

/**
 * Answers a request that failed in the hub itself. Nothing internal leaves the process; an error of the hub's own about
 * something that is away is fit for any reader. Calls of tools are told whether they were executed, on HTTP 200
 * (gateway.md, "Sessions, losses, the in-flight contract").
 *
 * @param body as parsed; undefined where it was not read
 */
export function sendFault(
  res: ServerResponse,
  fault: unknown,
  { body, request, calls }: { body: unknown; request: EndpointRequest; calls: CallRunner },
): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const isUnavailable = fault instanceof HubError && fault.kind === 'unavailable';
  const message = isUnavailable ? fault.message : 'Internal error';
  const code = isUnavailable ? errorCode.hub : errorCode.internal;
  const requests = (Array.isArray(body) ? body : [body]).filter(isRequest);
  if (!requests.some(({ method }) => method === 'tools/call')) {
    sendRejection(res, echoableId(body), { status: isUnavailable ? 503 : 500, code, message });
    return;
  }
  const outcome = request.execution?.hasBegun === false ? 'not_executed' : 'unknown';
  const data = calls.lossData(request, new CallLoss(outcome, 'internal'));
  const errors: RpcError[] = requests.map(({ id }) => rpcError(id, code, message, data));
  sendJson(res, 200, Array.isArray(body) ? errors : errors[0]);
}

function isRequest(message: unknown): message is RpcRequest {
  return kindOf(message) === 'request';
}
