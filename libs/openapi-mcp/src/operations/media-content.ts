import { isObject, own, pointerTo, type JsonObject } from '../document/json.js';
import type { ContentKind, MediaContent } from './operation.js';
import { isMediaType, type At, type ReadContext } from './read-context.js';

/** What content of this media type is sent as. */
export function bodyKindOf(mediaType: string): ContentKind {
  const type = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  if (isJsonType(type) || type === '*/*' || type === 'application/*') return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (isJsonSequence(type) || type.startsWith('text/')) return 'text';
  if (/(^application\/|\+)(xml|yaml|x-yaml|graphql|javascript)$/.test(type)) return 'text';
  return 'binary';
}

export function isJsonType(mediaType: string): boolean {
  return /^[^/]+\/(json|[^/]+\+json)$/i.test((mediaType.split(';')[0] ?? '').trim());
}

/** JSON values one after another: a line each, or each after a record separator (RFC 7464). */
export function isJsonSequence(mediaType: string): boolean {
  const type = (mediaType.split(';')[0] ?? '').trim();
  return /^application\/(?:[^/]+\+)?(?:x-)?(?:ndjson|ldjson|jsonl|jsonlines|json-lines|json-seq)$/i.test(type);
}

/** JSON first, whatever the order in the document. */
const preference: readonly ContentKind[] = ['json', 'form', 'multipart', 'text', 'binary'];

export function byPreference(a: MediaContent, b: MediaContent): number {
  return rank(a) - rank(b);
}

function rank({ mediaType, kind }: MediaContent): number {
  return preference.indexOf(kind) * 2 + (/^application\/json\b/i.test(mediaType) ? 0 : 1);
}

/** What authors write instead of a media type. */
const aliases: Readonly<Record<string, string>> = {
  '*': '*/*',
  applicationjson: 'application/json',
  'form-data': 'multipart/form-data',
  formdata: 'multipart/form-data',
  json: 'application/json',
  multipart: 'multipart/form-data',
  pdf: 'application/pdf',
  text: 'text/plain',
  urlencoded: 'application/x-www-form-urlencoded',
  xml: 'application/xml',
};

/**
 * The media type that the key of a `content` map means: the first one where there are several, as in a header.
 * @returns undefined where it is none
 */
function mediaTypeOf(key: string): string | undefined {
  const first = (key.split(',')[0] ?? '').trim();
  if (isMediaType(first)) return first;
  const [name = '', ...parameters] = first.split(';');
  const alias = name.trim().toLowerCase();
  return Object.hasOwn(aliases, alias) ? [aliases[alias] ?? '', ...parameters].join(';') : undefined;
}

/** The entries of a `content` map; what is no media type is left out, with a diagnostic. */
export function readContentMap(
  owner: At,
  { references, diagnostics }: ReadContext,
): {
  mediaType: string;
  media: JsonObject;
  content: Pick<MediaContent, 'schema' | 'schemaPointer'>;
  pointer: string;
}[] {
  const content = references.followObjectOrNone(own(owner.value, 'content'), pointerTo(owner.pointer, 'content'));
  return Object.entries(content?.value ?? {}).flatMap(([declared, node]) => {
    if (declared.startsWith('x-')) return [];
    const pointer = pointerTo(content?.pointer ?? '', declared);
    const mediaType = mediaTypeOf(declared);
    if (mediaType === undefined) {
      diagnostics.add('warning', pointer, 'media_type_invalid', 'Not a media type; it is left out.');
      return [];
    }
    const media = isObject(node) ? references.followObject(node, pointer) : undefined;
    return [
      {
        mediaType,
        media: media?.value ?? {},
        content: schemaOf(media ?? { value: {}, pointer }),
        pointer: media?.pointer ?? pointer,
      },
    ];
  });
}

/** OpenAPI 3.2: content that is a sequence may have a schema for its items only. */
function schemaOf({ value, pointer }: At): Pick<MediaContent, 'schema' | 'schemaPointer'> {
  const schema = own(value, 'schema');
  const items = own(value, 'itemSchema');
  return schema === undefined && items !== undefined
    ? { schema: { type: 'array', items }, schemaPointer: pointer }
    : { schema, schemaPointer: pointerTo(pointer, 'schema') };
}
