import { compactJson } from '../document/compact-json.js';
import type { FetchedResponse } from '../calls/fetch.js';
import { isObject, type JsonObject } from '../document/json.js';
import { bodyKindOf, isJsonType } from '../operations/read-request-body.js';

/** The result of `tools/call`. */
export interface CallResult extends JsonObject {
  content: JsonObject[];
  structuredContent?: JsonObject;
  isError?: boolean;
}

export function textResult(text: string): CallResult {
  return { content: [{ type: 'text', text }] };
}

export function errorResult(text: string): CallResult {
  return { ...textResult(text), isError: true };
}

/**
 * What an answer of the API means as the result of a tool (openapi-to-mcp.md, section 7).
 *
 * @param secrets are masked in answers that report an error, where APIs like to repeat what they were sent
 */
export function mapResponse(
  toolName: string,
  response: Pick<FetchedResponse, 'status' | 'statusText' | 'headers'>,
  body: Uint8Array,
  secrets: readonly string[],
): CallResult {
  return response.status >= 200 && response.status < 300
    ? mapSuccess(toolName, response, body)
    : mapFailure(response, body, secrets);
}

function mapSuccess(toolName: string, { headers }: Pick<FetchedResponse, 'headers'>, body: Uint8Array): CallResult {
  if (body.byteLength === 0) return { content: [] };
  const declared = headers.get('content-type');
  const { type, charset } = mediaTypeOf(declared);
  const text = isTextual(type, body) ? decode(body, charset) : undefined;
  if (text === undefined) return { content: [binaryContent(toolName, type, body)] };
  const parsed = isJsonType(type) || type === '' ? parseJson(text) : undefined;
  if (!parsed) return textResult(text);
  return {
    ...textResult(compactJson(text)),
    ...(isObject(parsed.value) ? { structuredContent: parsed.value } : {}),
  };
}

function mapFailure(
  { status, statusText, headers }: Pick<FetchedResponse, 'status' | 'statusText' | 'headers'>,
  body: Uint8Array,
  secrets: readonly string[],
): CallResult {
  const { type, charset } = mediaTypeOf(headers.get('content-type'));
  const lines = [`HTTP ${status} ${statusText}`.trim()];
  for (const name of status >= 300 && status < 400 ? ['Location', 'Retry-After'] : ['Retry-After']) {
    const value = headers.get(name);
    if (value !== null) lines.push(`${name}: ${value}`);
  }
  if (body.byteLength > 0) {
    const text = isTextual(type, body) ? decode(body, charset) : `(${body.byteLength} bytes of ${type})`;
    lines.push(parseJson(text) ? compactJson(text) : text);
  }
  return errorResult(mask(lines.join('\n'), secrets));
}

function mask(text: string, secrets: readonly string[]): string {
  // Very short values would mask ordinary words.
  return secrets
    .filter((secret) => secret.length >= 4)
    .reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

function mediaTypeOf(contentType: string | null): {
  type: string;
  charset: string;
} {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  const charset = parameters
    .map((part) => /^charset="?([^"]+)"?$/i.exec(part)?.[1])
    .find((found) => found !== undefined);
  return { type: type.toLowerCase(), charset: charset ?? 'utf-8' };
}

function isTextual(type: string, body: Uint8Array): boolean {
  if (type === '') return !body.subarray(0, 1024).includes(0);
  const kind = bodyKindOf(type);
  return kind !== 'binary';
}

function decode(body: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(body);
  } catch (error) {
    // An encoding that nobody knows.
    if (error instanceof RangeError) return new TextDecoder().decode(body);
    throw error;
  }
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function binaryContent(toolName: string, type: string, body: Uint8Array): JsonObject {
  const data = Buffer.from(body).toString('base64');
  const mimeType = type === '' ? 'application/octet-stream' : type;
  if (mimeType.startsWith('image/')) return { type: 'image', data, mimeType };
  if (mimeType.startsWith('audio/')) return { type: 'audio', data, mimeType };
  return {
    type: 'resource',
    resource: { uri: `resource://${toolName}`, mimeType, blob: data },
  };
}
