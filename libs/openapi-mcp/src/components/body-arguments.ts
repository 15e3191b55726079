import type { JsonObject } from '../document/json.js';
import type { BodyContent, RequestBody } from '../operations/operation.js';
import { isJsonSequence } from '../operations/read-request-body.js';
import type { References } from '../document/references.js';
import type { ToolSchemas } from '../schemas/tool-schemas.js';
import type { Argument, Convert } from './argument.js';
import { binarySchema, partWithBinary } from './binary-schema.js';
import type { BodyShape } from './body-shape.js';
import { intersectSchemas, uniteSchemas } from './combine-schemas.js';
import { combine, type Combined } from './object-shape.js';

/** What it takes to make a client's schema of one in a body. */
export interface BodySchemas {
  references: References;
  schemas: ToolSchemas;
  convert: Convert;
}

/** The arguments of a body of this shape. */
export function bodyArguments(
  body: RequestBody,
  content: BodyContent,
  shape: BodyShape,
  tools: BodySchemas,
): { args: Argument[]; additional?: JsonObject } {
  if (shape.kind === 'whole') {
    return { args: [wholeArgument(shape.name, body, wholeSchema(content, body.description, tools), content)] };
  }
  const { properties, required, additional, choices } = shape.shape;
  // Declared as required only, or named by a discriminator only: known, but nothing more.
  const anything: Combined = { kind: 'one', schema: true, pointer: content.schemaPointer };
  const all = new Map(properties);
  for (const name of [...required, ...choices.keys()]) if (!all.has(name)) all.set(name, anything);
  const args = [...all].flatMap(([name, combined]): Argument[] => {
    const input = withoutOutputs(combined, tools.schemas);
    if (!input) return [];
    const part = partSchema(name, input, content, tools);
    const isRequired = required.has(name);
    return [
      {
        name,
        place: 'body',
        // An optional body may be left out as a whole, whatever it demands once it is there.
        isRequired: isRequired && body.isRequired,
        schema: withChoices(part.schema, choices.get(name)),
        bind: (key) => ({ key, place: 'property', name, isRequired, ...(part.isBinary ? { isBinary: true } : {}) }),
      },
    ];
  });
  return { args, ...(additional ? { additional: render(additional, tools.convert) } : {}) };
}

/** A body given by one argument. */
export function wholeArgument(name: string, body: RequestBody, schema: JsonObject, { kind }: BodyContent): Argument {
  return {
    name,
    place: 'body',
    isRequired: body.isRequired,
    schema,
    bind: (key) => ({ key, place: 'body', ...(kind === 'binary' ? { isBinary: true } : {}) }),
  };
}

/** @param description of the body, which says more than its schema's */
export function wholeSchema(
  content: BodyContent,
  description: string | undefined,
  { convert }: Pick<BodySchemas, 'convert'>,
): JsonObject {
  if (content.kind === 'binary') return binarySchema(description);
  const schema = convert(content.schema, content.schemaPointer);
  const isScalar = ['string', 'integer', 'number', 'boolean'].some((type) => type === schema.type);
  if (content.kind === 'text' && !isScalar && !isJsonSequence(content.mediaType)) {
    return { type: 'string', description: sentences(description, `The content as ${content.mediaType}.`) };
  }
  return description === undefined ? schema : { ...schema, description };
}

export function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}

/** @returns undefined where it is no input: read-only wherever it must fit */
function withoutOutputs(combined: Combined, schemas: ToolSchemas): Combined | undefined {
  if (combined.kind === 'one') return schemas.isInput(combined.schema, combined.pointer) ? combined : undefined;
  const inputs = combined.of.map((one) => withoutOutputs(one, schemas)).filter((one) => one !== undefined);
  if (combined.kind === 'all') return inputs.length === combined.of.length ? { kind: 'all', of: inputs } : undefined;
  return inputs.length > 0 ? combine('any', inputs) : undefined;
}

function partSchema(
  name: string,
  combined: Combined,
  { kind, encoding }: BodyContent,
  { references, convert }: BodySchemas,
): { schema: JsonObject; isBinary: boolean } {
  if (kind !== 'multipart') return { schema: render(combined, convert), isBinary: false };
  let isBinary = false;
  const schema = render(combined, (node, pointer) => {
    const binary = partWithBinary(node, pointer, references, convert, encoding.get(name)?.contentType);
    isBinary ||= binary !== undefined;
    return binary ?? convert(node, pointer);
  });
  return { schema, isBinary };
}

function render(combined: Combined, convert: Convert): JsonObject {
  if (combined.kind === 'one') return convert(combined.schema, combined.pointer);
  const schemas = combined.of.map((one) => render(one, convert));
  return combined.kind === 'all' ? intersectSchemas(schemas) : uniteSchemas(schemas);
}

/** The values of a discriminator, unless its variants list others themselves. */
function withChoices(schema: JsonObject, values: readonly string[] | undefined): JsonObject {
  if (!values || '$ref' in schema || 'const' in schema) return schema;
  if (!Array.isArray(schema.enum)) return { type: 'string', ...schema, enum: values };
  const listed: unknown[] = schema.enum;
  const both = values.filter((value) => listed.includes(value));
  return both.length > 0 ? { ...schema, enum: both } : schema;
}
