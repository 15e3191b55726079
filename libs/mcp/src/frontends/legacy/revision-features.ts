import type { InputRequest, JsonObject } from '@mcp-hub/application';
import { isObject } from '../../wire/json-rpc.js';
import type { LegacyVersion } from '../../wire/protocol.js';

/** Whether a session of this revision may send several messages in one POST. */
export function hasBatches(version: LegacyVersion): boolean {
  return version <= '2025-03-26';
}

/** Whether its clients understand events without data. */
export function hasPrimingEvents(version: LegacyVersion): boolean {
  return version >= '2025-11-25';
}

/** What a client can be asked, of what it declares: a revision knows no more than it defines. */
export function effectiveCapabilities(declared: JsonObject, version: LegacyVersion): JsonObject {
  if (version >= '2025-11-25') return declared;
  const { elicitation, sampling, ...rest } = declared;
  return {
    ...rest,
    ...(isObject(elicitation) && version >= '2025-06-18' && { elicitation: { form: {} } }),
    ...(isObject(sampling) && { sampling: {} }),
  };
}

/** A result without what the revision does not have: structured content came with 2025-06-18. The given object is left alone. */
export function legacyResult(method: string, result: JsonObject, version: LegacyVersion): JsonObject {
  if (version >= '2025-06-18') return result;
  if (method === 'tools/call' && 'structuredContent' in result) {
    const { structuredContent: _, ...rest } = result;
    return rest;
  }
  if (method === 'tools/list' && Array.isArray(result['tools'])) {
    return { ...result, tools: result['tools'].map(withoutOutputSchema) };
  }
  return result;
}

function withoutOutputSchema(tool: unknown): unknown {
  if (!isObject(tool) || !('outputSchema' in tool)) return tool;
  const { outputSchema: _, ...rest } = tool;
  return rest;
}

/** A request of the server as a legacy client gets it. `elicitationId` is required of URL elicitation, and unknown to modern servers. */
export function legacyInput({ method, params }: InputRequest, newId: () => string): InputRequest {
  if (method !== 'elicitation/create' || params['mode'] !== 'url' || params['elicitationId'] !== undefined) {
    return { method, params };
  }
  return { method, params: { ...params, elicitationId: newId() } };
}
