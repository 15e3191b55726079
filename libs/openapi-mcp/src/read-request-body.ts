import type { Diagnostics } from './diagnostics.js';
import { own, ownObject, ownString, pointerTo } from './json.js';
import type { BodyKind, RequestBody } from './operation.js';
import type { References } from './references.js';

export type ReadBody = { ok: true; body?: RequestBody } | { ok: false };

/** What a body of this media type is sent as; undefined where it can't be made from arguments. */
export function bodyKindOf(mediaType: string): BodyKind | undefined {
  const type = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  if (isJsonType(type) || type === '*/*' || type === 'application/*') return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return undefined;
  if (type.startsWith('text/') || /(^application\/|\+)(xml|yaml|x-yaml|x-ndjson|graphql|javascript)$/.test(type))
    return 'text';
  return 'binary';
}

export function isJsonType(mediaType: string): boolean {
  return /^[^/]+\/(json|[^/]+\+json)$/i.test((mediaType.split(';')[0] ?? '').trim());
}

/** JSON first, whatever the order in the document. */
const preference: readonly BodyKind[] = ['json', 'form', 'text', 'binary'];

/**
 * The body of an operation (openapi-to-mcp.md, section 4).
 *
 * @returns not ok where the operation demands a body of a kind that can't be sent
 */
export function readRequestBody(
  node: unknown,
  pointer: string,
  references: References,
  diagnostics: Diagnostics,
): ReadBody {
  if (node === undefined) return { ok: true };
  const located = references.followObject(node, pointer);
  if (!located) return { ok: true };
  const isRequired = own(located.value, 'required') === true;
  const content = Object.entries(ownObject(located.value, 'content'));
  const candidates = content
    .flatMap(([mediaType, media]) => {
      const kind = bodyKindOf(mediaType);
      return kind ? [{ mediaType, media, kind }] : [];
    })
    .sort((a, b) => rank(a) - rank(b));
  const chosen = candidates[0];
  if (!chosen) {
    if (content.length === 0) return { ok: true };
    const types = content.map(([mediaType]) => mediaType).join(', ');
    diagnostics.add(
      isRequired ? 'error' : 'warning',
      located.pointer,
      'body_unsupported',
      `Bodies of type ${types} are not supported; the ${isRequired ? 'operation' : 'body'} is left out.`,
    );
    return isRequired ? { ok: false } : { ok: true };
  }
  const mediaPointer = pointerTo(located.pointer, 'content', chosen.mediaType);
  const media = references.followObject(chosen.media, mediaPointer);
  const description = ownString(located.value, 'description');
  return {
    ok: true,
    body: {
      isRequired,
      ...(description === undefined ? {} : { description }),
      mediaType: chosen.mediaType.includes('*') ? 'application/json' : chosen.mediaType,
      kind: chosen.kind,
      schema: media && own(media.value, 'schema'),
      schemaPointer: pointerTo(media?.pointer ?? mediaPointer, 'schema'),
    },
  };
}

function rank({ mediaType, kind }: { mediaType: string; kind: BodyKind }): number {
  const isPlainJson = /^application\/json\b/i.test(mediaType);
  return preference.indexOf(kind) * 2 + (isPlainJson ? 0 : 1);
}
