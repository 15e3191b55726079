import { isObject, own, ownString } from '../document/json.js';
import { bodyKindOf, byPreference, readContentMap } from './media-content.js';
import type { BodyContent, RequestBody } from './operation.js';
import type { ReadContext } from './read-context.js';
import { readEncoding } from './read-encoding.js';

export { bodyKindOf, isJsonSequence, isJsonType } from './media-content.js';

/**
 * The body of an operation (openapi-to-mcp.md, section 4).
 * @returns undefined where the operation declares no content
 */
export function readRequestBody(node: unknown, pointer: string, context: ReadContext): RequestBody | undefined {
  if (node === undefined || node === null) return undefined;
  const { references, diagnostics } = context;
  const located = references.followObject(node, pointer);
  if (!located) return undefined;
  const contents = readContentMap(located, context).map(({ mediaType: declared, media, content, pointer: at }) => {
    const mediaType = sendable(declared, content, context);
    const kind = bodyKindOf(mediaType);
    const encoding = kind === 'form' || kind === 'multipart' ? readEncoding(media, at, context) : new Map();
    return { mediaType, kind, ...content, encoding } satisfies BodyContent;
  });
  if (contents.length === 0) {
    diagnostics.add('info', located.pointer, 'body_invalid', 'The body declares no content; none is sent.');
    return undefined;
  }
  const description =
    (isObject(node) ? ownString(node, 'description') : undefined) ?? ownString(located.value, 'description');
  return {
    isRequired: own(located.value, 'required') === true,
    ...(description === undefined ? {} : { description }),
    contents: contents.sort(byPreference),
  };
}

/** A media type that can be sent where the document names a range. */
function sendable(
  declared: string,
  { schema, schemaPointer }: Pick<BodyContent, 'schema' | 'schemaPointer'>,
  { references }: ReadContext,
): string {
  if (!declared.includes('*')) return declared;
  const [type = ''] = declared.toLowerCase().split('/');
  if (type === 'text') return 'text/plain';
  if (type === 'multipart') return 'multipart/form-data';
  const target = references.follow(schema, schemaPointer)?.value;
  const isBinary = isObject(target) && own(target, 'type') === 'string' && own(target, 'format') === 'binary';
  return (type === '*' || type === 'application') && !isBinary ? 'application/json' : 'application/octet-stream';
}
