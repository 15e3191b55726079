import { isObject, own, ownString, pointerTo, type JsonObject } from '../document/json.js';
import { bodyKindOf, byPreference } from './media-content.js';
import type { BodyContent, PropertyEncoding, RequestBody } from './operation.js';
import { collectionStyle } from './parameter-style.js';
import type { At, ReadContext } from './read-context.js';
import { contentSchema, swaggerSchema } from './swagger-schema.js';

const urlencoded = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data';

/**
 * The body of Swagger 2.0's `in: body` or `in: formData` parameters (openapi-to-mcp.md, section 1).
 *
 * @param parameters those in one of these places, the more specific ones last
 * @param consumes the operation's media types
 * @param pointer of the operation's parameters: where the object that fields are put together to is said to be
 */
export function swaggerBody(
  parameters: readonly At[],
  consumes: readonly string[],
  pointer: string,
  { diagnostics }: ReadContext,
): RequestBody | undefined {
  const body = parameters.find(({ value }) => own(value, 'in') === 'body');
  const fields = parameters.filter(({ value }) => own(value, 'in') === 'formData');
  if (!body) return fields.length > 0 ? formBody(fields, consumes, pointer) : undefined;
  for (const field of fields) {
    diagnostics.add('warning', field.pointer, 'body_duplicate', 'A form field beside a body; it is left out.');
  }
  const description = ownString(body.value, 'description');
  const schema = contentSchema(own(body.value, 'schema') ?? swaggerSchema(body.value));
  return {
    isRequired: own(body.value, 'required') === true,
    ...(description === undefined ? {} : { description }),
    contents: (consumes.length > 0 ? consumes : ['application/json'])
      .map((mediaType) => ({
        mediaType: mediaType.includes('*') ? 'application/json' : mediaType,
        kind: bodyKindOf(mediaType),
        schema,
        schemaPointer: pointerTo(body.pointer, 'schema'),
        encoding: new Map<string, PropertyEncoding>(),
      }))
      .sort(byPreference),
  };
}

/** Multipart where a file is among the fields; else what the operation consumes of the two, urlencoded first. */
function formBody(fields: readonly At[], consumes: readonly string[], pointer: string): RequestBody {
  const hasFile = fields.some(({ value }) => own(value, 'type') === 'file');
  const accepted = consumes.filter((type) => {
    const kind = bodyKindOf(type);
    return kind === 'multipart' || (kind === 'form' && !hasFile);
  });
  const mediaTypes = accepted.length > 0 ? accepted : [hasFile ? multipart : urlencoded];
  const names = fields.map(({ value }) => ownString(value, 'name') ?? '');
  const required = names.filter((_, index) => own(fields[index]?.value ?? {}, 'required') === true);
  const schema: JsonObject = {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ value }, index) => [names[index] ?? '', fieldSchema(value)])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
  const encoding = new Map<string, PropertyEncoding>(
    fields
      .filter(({ value }) => own(value, 'type') === 'array')
      .map(({ value }) => [ownString(value, 'name') ?? '', collectionStyle(value, 'form')]),
  );
  const contents = mediaTypes
    .map((mediaType): BodyContent => ({
      mediaType,
      kind: bodyKindOf(mediaType),
      schema,
      schemaPointer: pointer,
      encoding,
    }))
    .sort(byPreference);
  return { isRequired: required.length > 0, contents };
}

function fieldSchema(field: JsonObject): JsonObject {
  const schema = own(field, 'schema');
  const description = ownString(field, 'description');
  const converted = swaggerSchema(field) ?? (isObject(schema) ? schema : {});
  return description === undefined ? converted : { ...converted, description };
}
