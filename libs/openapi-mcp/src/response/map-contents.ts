import type { JsonObject } from '../document/json.js';
import { limitedJson, limitedText, tooManyBytes } from './limited-content.js';
import type { Answer } from './read-answer.js';

/**
 * A successful answer as the contents of a resource: the JSON family and text as text, as they came, with their real
 * media type, the rest as a blob. What was cut is told in an item of its own (openapi-to-mcp.md, section 7).
 */
export function mapContents(uri: string, contentType: string | null, answer: Answer, maxBytes: number): JsonObject[] {
  switch (answer.kind) {
    case 'empty':
      return [{ uri, mimeType: declaredType(contentType) ?? 'text/plain', text: '' }];
    case 'json':
    case 'text': {
      const fallback = answer.kind === 'json' ? 'application/json' : 'text/plain';
      const mimeType = answer.mediaType === '' ? fallback : answer.mediaType;
      const limited = answer.kind === 'json' ? limitedJson(answer.text, maxBytes) : limitedText(answer.text, maxBytes);
      if (!limited.isCut) return [{ uri, mimeType, text: answer.text }];
      return [
        { uri, mimeType, text: limited.text },
        { uri, mimeType: 'text/plain', text: limited.note },
      ];
    }
    case 'parts':
      return answer.parts.flatMap((part) =>
        mapContents(uri, null, part, Math.floor(maxBytes / Math.max(answer.parts.length, 1))),
      );
    default: {
      const { mediaType, bytes } = answer;
      const note = tooManyBytes(mediaType, bytes.byteLength, maxBytes);
      if (note !== undefined) return [{ uri, mimeType: 'text/plain', text: note }];
      const mimeType = mediaType === '' ? 'application/octet-stream' : mediaType;
      return [{ uri, mimeType, blob: Buffer.from(bytes).toString('base64') }];
    }
  }
}

function declaredType(contentType: string | null): string | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  return type === '' ? undefined : type;
}
