import { own, ownObject, ownString, pointerTo } from '../document/json.js';
import type { BodyContent, ContentKind, RequestBody } from './operation.js';
import type { References } from '../document/references.js';

/** What content of this media type is sent as. */
export function bodyKindOf(mediaType: string): ContentKind {
  const type = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  if (isJsonType(type) || type === '*/*' || type === 'application/*') return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (type.startsWith('text/') || /(^application\/|\+)(xml|yaml|x-yaml|x-ndjson|graphql|javascript)$/.test(type))
    return 'text';
  return 'binary';
}

export function isJsonType(mediaType: string): boolean {
  return /^[^/]+\/(json|[^/]+\+json)$/i.test((mediaType.split(';')[0] ?? '').trim());
}

/** JSON first, whatever the order in the document. */
const preference: readonly ContentKind[] = ['json', 'form', 'multipart', 'text', 'binary'];

/**
 * The body of an operation (openapi-to-mcp.md, section 4).
 * @returns undefined where the operation declares no content
 */
export function readRequestBody(node: unknown, pointer: string, references: References): RequestBody | undefined {
  if (node === undefined) return undefined;
  const located = references.followObject(node, pointer);
  if (!located) return undefined;
  const isRequired = own(located.value, 'required') === true;
  const content = Object.entries(ownObject(located.value, 'content'));
  if (content.length === 0) return undefined;
  const contents = content
    .map(([mediaType, media]) => readContent(mediaType, media, pointerTo(located.pointer, 'content'), references))
    .sort((a, b) => rank(a) - rank(b));
  const description = ownString(located.value, 'description');
  return { isRequired, ...(description === undefined ? {} : { description }), contents };
}

function readContent(declared: string, node: unknown, pointer: string, references: References): BodyContent {
  const mediaPointer = pointerTo(pointer, declared);
  const media = references.followObject(node, mediaPointer);
  const mediaType = declared.includes('*') ? 'application/json' : declared;
  return {
    mediaType,
    kind: bodyKindOf(mediaType),
    schema: media && own(media.value, 'schema'),
    schemaPointer: pointerTo(media?.pointer ?? mediaPointer, 'schema'),
    encoding: new Map(),
  };
}

function rank({ mediaType, kind }: BodyContent): number {
  const isPlainJson = /^application\/json\b/i.test(mediaType);
  return preference.indexOf(kind) * 2 + (isPlainJson ? 0 : 1);
}
