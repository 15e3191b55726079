import { decodeText } from './decode-text.js';
import { answerKindOf, mediaTypeOf, type MediaType } from './media-type.js';
import { multipartParts } from './multipart-answer.js';

/** The content of an answer by what it is. `mediaType` is without parameters; empty where none was said. */
export type Answer =
  | { kind: 'empty' }
  /** `text` is the body as it came. */
  | { kind: 'json'; mediaType: string; text: string; value: unknown }
  | { kind: 'text'; mediaType: string; text: string }
  | { kind: 'image' | 'audio' | 'binary'; mediaType: string; bytes: Uint8Array }
  | { kind: 'parts'; mediaType: string; byteLength: number; parts: Answer[] };

/**
 * What a body is, by the content type that its answer names; only where it names none is the body looked at for JSON
 * (openapi-to-mcp.md, section 7). What is no JSON though it says so is text, or binary where it is no text either.
 */
export function readAnswer(contentType: string | null, body: Uint8Array): Answer {
  if (body.byteLength === 0) return { kind: 'empty' };
  const media = mediaTypeOf(contentType);
  const kind = answerKindOf(media.type);
  switch (kind) {
    case 'json':
    case 'unknown':
      return jsonAnswer(media, body);
    case 'text':
      return textAnswer(media, body);
    case 'multipart':
      return partsAnswer(media, body);
    default:
      return { kind, mediaType: media.type, bytes: body };
  }
}

function jsonAnswer({ type, charset }: MediaType, body: Uint8Array): Answer {
  const { text, isDoubtful } = decodeText(body, charset);
  if (text.trim() === '') return { kind: 'empty' };
  const parsed = parseJson(text);
  if (parsed) return { kind: 'json', mediaType: type, text, value: parsed.value };
  return isDoubtful ? { kind: 'binary', mediaType: type, bytes: body } : { kind: 'text', mediaType: type, text };
}

function textAnswer({ type, charset }: MediaType, body: Uint8Array): Answer {
  return { kind: 'text', mediaType: type, text: decodeText(body, charset).text };
}

function partsAnswer(media: MediaType, body: Uint8Array): Answer {
  const parts = multipartParts(body, media.boundary);
  if (!parts) {
    const { text, isDoubtful } = decodeText(body, media.charset);
    return isDoubtful
      ? { kind: 'binary', mediaType: media.type, bytes: body }
      : { kind: 'text', mediaType: media.type, text };
  }
  return {
    kind: 'parts',
    mediaType: media.type,
    byteLength: body.byteLength,
    // A part within a part stays as it is: parts nest only in mail.
    parts: parts.map(({ contentType, bytes }) =>
      mediaTypeOf(contentType).type.startsWith('multipart/')
        ? { kind: 'binary', mediaType: mediaTypeOf(contentType).type, bytes }
        : readAnswer(contentType ?? 'text/plain', bytes),
    ),
  };
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
