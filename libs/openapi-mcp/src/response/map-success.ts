import { isObject, type JsonObject } from '../document/json.js';
import { textContent, type CallResult } from './call-result.js';
import { limitedJson, limitedText, tooManyBytes } from './limited-content.js';
import type { Answer } from './read-answer.js';
import { rememberText } from './serialize-result.js';

export interface SuccessOptions {
  toolName: string;
  /** An output schema is listed, so there has to be structured content. */
  hasOutputSchema: boolean;
  /** Of the text, and of the structured content again. */
  maxResultBytes: number;
}

/** A successful answer as the result of a tool (openapi-to-mcp.md, section 7). */
export function mapSuccess(answer: Answer, options: SuccessOptions): CallResult {
  const content = contentOf(answer, options);
  const structured = structuredOf(answer, content.kept, options);
  return { content: content.items, ...(structured === undefined ? {} : { structuredContent: structured }) };
}

function remembered(value: JsonObject, text: string | undefined): JsonObject {
  if (text !== undefined) rememberText(value, text);
  return value;
}

interface Content {
  items: JsonObject[];
  /** Of JSON and text: what is shown. */
  kept?: { text: string; isCut: boolean };
}

function contentOf(answer: Answer, options: SuccessOptions): Content {
  switch (answer.kind) {
    case 'empty':
      return { items: [] };
    case 'json':
    case 'text': {
      const limit = answer.kind === 'json' ? limitedJson : limitedText;
      const { text, isCut, note } = limit(answer.text, options.maxResultBytes);
      return { items: [textContent(text), ...(note === undefined ? [] : [textContent(note)])], kept: { text, isCut } };
    }
    case 'parts': {
      const share = Math.floor(options.maxResultBytes / Math.max(answer.parts.length, 1));
      return { items: answer.parts.flatMap((part) => contentOf(part, { ...options, maxResultBytes: share }).items) };
    }
    default:
      return { items: [binaryContent(answer, options)] };
  }
}

function binaryContent(
  { kind, mediaType, bytes }: Extract<Answer, { bytes: Uint8Array }>,
  { toolName, maxResultBytes }: SuccessOptions,
): JsonObject {
  const note = tooManyBytes(mediaType, bytes.byteLength, maxResultBytes);
  if (note !== undefined) return textContent(note);
  const data = Buffer.from(bytes).toString('base64');
  const mimeType = mediaType === '' ? 'application/octet-stream' : mediaType;
  if (kind !== 'binary') return { type: kind, data, mimeType };
  return { type: 'resource', resource: { uri: `resource://${toolName}`, mimeType, blob: data } };
}

function structuredOf(answer: Answer, kept: Content['kept'], options: SuccessOptions): JsonObject | undefined {
  if (answer.kind === 'json') {
    const value: unknown = kept?.isCut === true ? JSON.parse(kept.text) : answer.value;
    if (isObject(value)) return remembered(value, kept?.text);
    return options.hasOutputSchema ? remembered({ result: value }, `{"result":${kept?.text ?? 'null'}}`) : undefined;
  }
  if (!options.hasOutputSchema) return undefined;
  switch (answer.kind) {
    case 'empty':
      return {};
    case 'text':
      return { result: kept?.text ?? '' };
    default: {
      const bytes = answer.kind === 'parts' ? answer.byteLength : answer.bytes.byteLength;
      const mimeType = answer.mediaType === '' ? 'application/octet-stream' : answer.mediaType;
      return { result: { content_type: mimeType, bytes } };
    }
  }
}
