import { bodyKindOf } from '../operations/read-request-body.js';

/** What an answer says of its content. */
export interface MediaType {
  /** Lower case, without parameters; empty where the answer names none, or nothing that is one. */
  type: string;
  charset?: string;
  boundary?: string;
}

export type AnswerKind = 'json' | 'text' | 'image' | 'audio' | 'multipart' | 'binary' | 'unknown';

/** A name that says nothing of the content. */
const anything = /^(\*\/\*|application\/unknown|unknown\/unknown|application\/\*)$/;
const jsonTypes = /^[^/]+\/(x-)?json$|\+json$/;
/** Text that is no `text/…`; of JSON, what is not one document. */
const textTypes =
  /^application\/((x-)?(ndjson|jsonl|jsonlines|json-lines|json-seq|javascript|ecmascript|yaml|toml|sh|sql|www-form-urlencoded|pem-file)|xml|xml-dtd|graphql|sql|rtf|json5|geo\+json-seq|x-tex|x-latex|n-triples|n-quads|trig|sparql-query)$|\+(xml|yaml|json-seq|toml)$/;

/** Reads `Content-Type` (RFC 9110, 8.3), in whatever shape servers send it. */
export function mediaTypeOf(contentType: string | null): MediaType {
  const [first = '', ...rest] = (contentType ?? '').split(';');
  const type = first.trim().toLowerCase();
  const isType = /^[^\s/,]+\/[^\s/,]+$/.test(type) && !anything.test(type);
  const charset = parameter(rest, 'charset');
  const boundary = parameter(rest, 'boundary');
  return {
    type: isType ? type : '',
    ...(charset === undefined ? {} : { charset }),
    ...(boundary === undefined ? {} : { boundary }),
  };
}

function parameter(parts: readonly string[], name: string): string | undefined {
  for (const part of parts) {
    const [key = '', ...value] = part.split('=');
    if (key.trim().toLowerCase() !== name) continue;
    const text = value.join('=').trim();
    const bare = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
    if (bare !== '') return bare;
  }
  return undefined;
}

/** What content of this type becomes in a result (openapi-to-mcp.md, section 7). */
export function answerKindOf(type: string): AnswerKind {
  if (type === '') return 'unknown';
  if (jsonTypes.test(type)) return 'json';
  // SVG too is text (`+xml`): models take it as that, and as an image hardly any does.
  if (textTypes.test(type)) return 'text';
  if (type.startsWith('image/')) return 'image';
  if (type.startsWith('audio/')) return 'audio';
  if (type.startsWith('multipart/')) return 'multipart';
  return bodyKindOf(type) === 'text' ? 'text' : 'binary';
}
