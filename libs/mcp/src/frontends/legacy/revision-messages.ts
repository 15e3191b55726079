import type { InputRequest, JsonObject } from '@mcp-hub/application';
import { isObject } from '../../wire/json-rpc.js';
import type { LegacyVersion } from '../../wire/protocol.js';
import { legacyContent, legacySamplingContent, textBlock } from './revision-content.js';
import { hasFeature } from './revision-features.js';

/** What a client can be asked, of what it declares: a revision knows no more than it defines. */
export function effectiveCapabilities(declared: JsonObject, version: LegacyVersion): JsonObject {
  const { elicitation, sampling, tasks, ...rest } = declared;
  const has = (name: Parameters<typeof hasFeature>[1]): boolean => hasFeature(version, name);
  return {
    ...rest,
    ...(isObject(elicitation) &&
      has('elicitation') && { elicitation: has('urlElicitation') ? elicitation : { form: {} } }),
    ...(isObject(sampling) && { sampling: has('samplingTools') ? sampling : {} }),
    ...(tasks !== undefined && has('tasks') && { tasks }),
  };
}

/** Methods whose results are not for every revision the same. */
const methodsThatDiffer: ReadonlySet<string> = new Set(['tools/call', 'tools/list', 'prompts/get']);

/** A result as a client of the revision can read it; the very same where it can. The given object is left alone. */
export function legacyResult(method: string, result: JsonObject, version: LegacyVersion): JsonObject {
  switch (method) {
    case 'tools/call':
      return withReadableContent(withStructuredContent(result, version), version);
    case 'tools/list':
      return Array.isArray(result['tools'])
        ? withItems(result, 'tools', result['tools'], (tool) => legacyTool(tool, version))
        : result;
    case 'prompts/get':
      return Array.isArray(result['messages'])
        ? withItems(result, 'messages', result['messages'], (message) => legacyPromptMessage(message, version))
        : result;
    default:
      return result;
  }
}

/** Whether clients of the revision read every result that a backend gives as text: its types of content, and structured content. */
export function readsTextResults(method: string, version: LegacyVersion): boolean {
  if (!methodsThatDiffer.has(method)) return true;
  return hasFeature(version, 'audioContent') && hasFeature(version, 'structuredContent');
}

/**
 * A request of the server as a client of the revision can read it. `elicitationId` is required of URL elicitation, and
 * unknown to modern servers.
 */
export function legacyInput(
  { method, params }: InputRequest,
  version: LegacyVersion,
  newId: () => string,
): InputRequest {
  if (method === 'sampling/createMessage') return { method, params: legacySampling(params, version) };
  if (method !== 'elicitation/create') return { method, params };
  if (params['mode'] === 'url') {
    return { method, params: params['elicitationId'] === undefined ? { ...params, elicitationId: newId() } : params };
  }
  return { method, params: hasFeature(version, 'titledChoices') ? params : withNamedChoices(params) };
}

/** No legacy revision has structured values that are no objects (2026-07-28 has): they are told as SDK v2 tells them. */
function withStructuredContent(result: JsonObject, version: LegacyVersion): JsonObject {
  if (!('structuredContent' in result)) return result;
  const { structuredContent, ...rest } = result;
  const hasIt = hasFeature(version, 'structuredContent');
  if (hasIt && isObject(structuredContent)) return result;
  const content: unknown[] = Array.isArray(rest['content']) ? rest['content'] : [];
  const isTold = content.some((block) => isObject(block) && block['type'] === 'text');
  return {
    ...rest,
    content: isTold ? content : [...content, textBlock(JSON.stringify(structuredContent))],
    ...(hasIt && { structuredContent: { result: structuredContent } }),
  };
}

function withReadableContent(result: JsonObject, version: LegacyVersion): JsonObject {
  if (!Array.isArray(result['content'])) return result;
  return withItems(result, 'content', result['content'], (block) => legacyContent(block, version));
}

/** One schema that a client can't read would cost it the whole list. */
function legacyTool(tool: unknown, version: LegacyVersion): unknown {
  if (!isObject(tool) || !('outputSchema' in tool)) return tool;
  const { outputSchema, ...rest } = tool;
  const isReadable = isObject(outputSchema) && outputSchema['type'] === 'object';
  return hasFeature(version, 'structuredContent') && isReadable ? tool : rest;
}

function legacyPromptMessage(message: unknown, version: LegacyVersion): unknown {
  if (!isObject(message)) return message;
  const content = legacyContent(message['content'], version);
  return content === message['content'] ? message : { ...message, content };
}

function legacySampling(params: JsonObject, version: LegacyVersion): JsonObject {
  const { messages } = params;
  if (!Array.isArray(messages)) return params;
  const readable = messages.flatMap((message: unknown) => {
    if (!isObject(message)) return [message];
    return legacySamplingContent(message['content'], version).map((content) =>
      content === message['content'] ? message : { ...message, content },
    );
  });
  return { ...params, messages: readable };
}

/** Choices with titles as 2025-06-18 has them, beside what the server sent. */
function withNamedChoices(params: JsonObject): JsonObject {
  const schema = params['requestedSchema'];
  if (!isObject(schema) || !isObject(schema['properties'])) return params;
  const properties = Object.entries(schema['properties']).map(([name, property]) => {
    if (!isObject(property) || !Array.isArray(property['oneOf']) || property['enum'] !== undefined)
      return [name, property];
    const choices = property['oneOf'].filter(isObject);
    const named = { enum: choices.map((one) => one['const']), enumNames: choices.map((one) => one['title']) };
    return [name, { ...property, ...named }];
  });
  return { ...params, requestedSchema: { ...schema, properties: Object.fromEntries(properties) as JsonObject } };
}

/** The same object where no item changes. */
function withItems(
  result: JsonObject,
  name: string,
  items: readonly unknown[],
  change: (item: unknown) => unknown,
): JsonObject {
  const changed = items.map(change);
  return changed.every((item, index) => item === items[index]) ? result : { ...result, [name]: changed };
}
