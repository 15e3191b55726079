import type { JsonObject } from '@mcp-hub/application';
import { isObject } from '../../wire/json-rpc.js';
import type { LegacyVersion } from '../../wire/protocol.js';
import { hasFeature } from './revision-features.js';

/**
 * A content block as a client of the revision can read it: the types of content are closed lists, so one that came later
 * becomes a text that says what it was. What no revision defines passes through. The given block is left alone.
 */
export function legacyContent(block: unknown, version: LegacyVersion): unknown {
  if (!isObject(block)) return block;
  switch (block['type']) {
    case 'audio':
      return hasFeature(version, 'audioContent') ? block : asText(block, audioNote(block, version));
    case 'resource_link':
      return hasFeature(version, 'resourceLinks') ? block : asText(block, linkText(block));
    default:
      return block;
  }
}

/** The content of a sampling message, which has types of its own. @returns one block for each message to be made of it */
export function legacySamplingContent(content: unknown, version: LegacyVersion): unknown[] {
  if (hasFeature(version, 'samplingContentLists')) return [content];
  const blocks: unknown[] = Array.isArray(content) ? content : [content];
  return blocks.map((block) => {
    const isOfTools = isObject(block) && (block['type'] === 'tool_use' || block['type'] === 'tool_result');
    return isOfTools ? asText(block, JSON.stringify(block)) : legacyContent(block, version);
  });
}

export function textBlock(text: string): JsonObject {
  return { type: 'text', text };
}

function asText({ annotations, _meta }: JsonObject, text: string): JsonObject {
  return {
    ...textBlock(text),
    ...(annotations !== undefined && { annotations }),
    ...(_meta !== undefined && { _meta }),
  };
}

function audioNote({ mimeType, data }: JsonObject, version: LegacyVersion): string {
  const type = typeof mimeType === 'string' ? mimeType : 'unknown type';
  const bytes = typeof data === 'string' ? Buffer.byteLength(data, 'base64') : 0;
  return `[Audio (${type}, ${bytes} bytes) was left out: protocol version ${version} has no audio content.]`;
}

function linkText({ uri, title, name, description, mimeType }: JsonObject): string {
  const label = [title, name].find((one) => typeof one === 'string' && one !== '');
  const details = [label, description, mimeType].filter((one) => typeof one === 'string' && one !== '');
  return `[Resource] ${String(uri)}${details.length > 0 ? ` (${details.join('; ')})` : ''}`;
}
