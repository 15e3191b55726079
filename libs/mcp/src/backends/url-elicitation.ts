import type { InputRequest, JsonObject, McpOutcome } from '@mcp-hub/application';
import { missingCapabilities } from '../wire/client-capabilities.js';
import { isObject, type RpcErrorObject } from '../wire/json-rpc.js';
import { errorCode, inputMethods } from '../wire/protocol.js';
import type { UpstreamCall } from './upstream-call.js';

/** The params of the elicitations that an error -32042 demands. @returns undefined for any other error */
export function urlElicitationsIn({ code, data }: RpcErrorObject): JsonObject[] | undefined {
  if (code !== errorCode.urlElicitationRequired) return undefined;
  const elicitations = isObject(data) ? data['elicitations'] : undefined;
  const isList = Array.isArray(elicitations) && elicitations.length > 0 && elicitations.every(isObject);
  return isList ? elicitations : undefined;
}

/**
 * Error -32042 of 2025-11-25 (the user must visit a URL first) for a client of the modern era, which knows it as
 * `input_required`. Nothing is parked: the retry has no state and executes the call again.
 *
 * @returns undefined for any other error
 */
export function urlElicitationOutcome(error: RpcErrorObject, call: UpstreamCall): McpOutcome | undefined {
  const elicitations = inputMethods.has(call.method) ? urlElicitationsIn(error) : undefined;
  if (!elicitations) return undefined;
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
