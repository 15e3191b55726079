import type { InputRequest, McpOutcome } from '@mcp-hub/application';
import { missingCapabilities } from '../wire/client-capabilities.js';
import { isObject, type RpcErrorObject } from '../wire/json-rpc.js';
import { errorCode, inputMethods } from '../wire/protocol.js';
import type { UpstreamCall } from './upstream-call.js';

/**
 * Error -32042 of 2025-11-25 (the user must visit a URL first) for a client of the modern era, which knows it as
 * `input_required`. Nothing is parked: the retry has no state and executes the call again.
 *
 * @returns undefined for any other error
 */
export function urlElicitationOutcome(error: RpcErrorObject, call: UpstreamCall): McpOutcome | undefined {
  if (error.code !== errorCode.urlElicitationRequired || !inputMethods.has(call.method)) return undefined;
  const elicitations = isObject(error.data) ? error.data['elicitations'] : undefined;
  if (!Array.isArray(elicitations) || elicitations.length === 0 || !elicitations.every(isObject)) return undefined;
  const missing = missingCapabilities({ elicitation: { url: {} } }, call.context.clientCapabilities);
  if (missing) {
    const message = 'The call needs a client that can be sent to a URL.';
    return { kind: 'error', code: errorCode.missingClientCapability, message, data: { requiredCapabilities: missing } };
  }
  const requests = elicitations.map((params, index): [string, InputRequest] => [
    `input-${index + 1}`,
    { method: 'elicitation/create', params: { ...params, mode: 'url' } },
  ]);
  return { kind: 'inputRequired', inputRequests: Object.fromEntries(requests) };
}
