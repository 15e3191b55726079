import { argumentKeys } from './argument-keys.js';
import { bodyShape, type BodyProperty, type BodyShape } from './body-shape.js';
import type { Binding, ToolComponent } from './component.js';
import type { JsonObject } from '../document/json.js';
import type { BodyContent, Operation, Parameter, RequestBody } from '../operations/operation.js';
import type { References } from '../document/references.js';
import type { Credential } from './security.js';
import type { ToolSchemas } from '../schemas/tool-schemas.js';

/** The key of a tool's `_meta` that holds the operation's tags. */
const tagsKey = 'mcp-hub-registry/tags';

interface Argument {
  /** The name on the wire. */
  name: string;
  place: Parameter['place'] | 'body';
  isRequired: boolean;
  schema: JsonObject;
  bind: (key: string) => Binding;
}

export interface ToolParts {
  name: string;
  operation: Operation;
  serverUrl: string;
  credentials: readonly Credential[];
}

/** One operation as a tool: arguments, input schema, description, hints (openapi-to-mcp.md, sections 3, 4 and 6). */
export function buildTool(parts: ToolParts, references: References, schemas: ToolSchemas): ToolComponent {
  const { operation, credentials } = parts;
  const uses = new Set<string>();
  const convert = (schema: unknown, pointer: string): JsonObject => {
    const converted = schemas.convert(schema, pointer);
    for (const use of converted.uses) uses.add(use);
    return converted.schema;
  };
  const content = operation.body?.contents[0];
  const shape = content && bodyShape(content, references, schemas);
  const args = [
    ...operation.parameters
      .filter((parameter) => !isSuppliedBy(credentials, parameter))
      .map((parameter) => parameterArgument(parameter, convert)),
    ...(operation.body && content && shape ? bodyArguments(operation.body, content, shape, convert) : []),
  ];
  const keys = argumentKeys(args);
  const additional = shape?.kind === 'properties' ? shape.additional : undefined;
  const inputSchema: JsonObject = {
    type: 'object',
    properties: Object.fromEntries(args.map((arg, index) => [keys[index] ?? '', describe(arg, keys[index] ?? '')])),
    ...(args.some((arg) => arg.isRequired)
      ? {
          required: keys.filter((_, index) => args[index]?.isRequired === true),
        }
      : {}),
    additionalProperties: additional ? convert(additional.schema, additional.pointer) : false,
  };
  const definitions = schemas.definitionsFor(uses);
  if (Object.keys(definitions).length > 0) inputSchema.$defs = definitions;
  return {
    ...parts,
    kind: 'tool',
    inputSchema,
    listed: toolObject(parts.name, operation, inputSchema),
    bindings: new Map(args.map((arg, index) => [keys[index] ?? '', arg.bind(keys[index] ?? '')])),
    bodies: content ? [content] : [],
    isBodyRequired: operation.body?.isRequired === true,
    hasOpenBody: additional !== undefined,
  };
}

function parameterArgument(parameter: Parameter, convert: (schema: unknown, pointer: string) => JsonObject): Argument {
  const schema = convert(parameter.schema, parameter.schemaPointer);
  return {
    name: parameter.name,
    place: parameter.place,
    isRequired: parameter.isRequired,
    schema: parameter.description === undefined ? schema : { ...schema, description: parameter.description },
    bind: (key) => ({ key, place: 'parameter', parameter }),
  };
}

function bodyArguments(
  body: RequestBody,
  content: BodyContent,
  shape: BodyShape,
  convert: (schema: unknown, pointer: string) => JsonObject,
): Argument[] {
  if (shape.kind === 'properties') {
    return shape.properties.map((property) => ({
      name: property.name,
      place: 'body',
      // An optional body may be left out as a whole, whatever it demands once it is there.
      isRequired: property.isRequired && body.isRequired,
      schema: propertySchema(property, convert),
      bind: (key) => ({
        key,
        place: 'property',
        name: property.name,
        isRequired: property.isRequired,
      }),
    }));
  }
  const schema = wholeSchema(content, convert);
  return [
    {
      name: shape.name,
      place: 'body',
      isRequired: body.isRequired,
      schema: body.description === undefined ? schema : { ...schema, description: body.description },
      bind: (key) => ({ key, place: 'body' }),
    },
  ];
}

function propertySchema(property: BodyProperty, convert: (schema: unknown, pointer: string) => JsonObject): JsonObject {
  const schemas = property.schemas.map(({ schema, pointer }) => convert(schema, pointer));
  const [first, ...rest] = schemas;
  return rest.length === 0 ? (first ?? {}) : { allOf: schemas };
}

function wholeSchema(body: BodyContent, convert: (schema: unknown, pointer: string) => JsonObject): JsonObject {
  if (body.kind === 'text') return { type: 'string' };
  if (body.kind === 'binary')
    return {
      type: 'string',
      contentEncoding: 'base64',
      description: 'The content in base64.',
    };
  return convert(body.schema, body.schemaPointer);
}

/** A renamed argument tells where it goes. */
function describe({ name, place, schema }: Argument, key: string): JsonObject {
  if (key === name) return schema;
  const kind = place === 'body' ? 'Body property' : `${place[0]?.toUpperCase() ?? ''}${place.slice(1)} parameter`;
  const note = key.startsWith(name) ? `(${kind})` : `(${kind} "${name}")`;
  const { description } = schema;
  return {
    ...schema,
    description: typeof description === 'string' ? `${description} ${note}` : note,
  };
}

function isSuppliedBy(credentials: readonly Credential[], { place, name }: Parameter): boolean {
  return credentials.some((credential) => {
    if (credential.place !== place) return false;
    return place === 'header' ? credential.name.toLowerCase() === name.toLowerCase() : credential.name === name;
  });
}

function toolObject(name: string, operation: Operation, inputSchema: JsonObject): JsonObject {
  const { method, path, summary, description, tags, isDeprecated } = operation;
  const text = description ?? summary ?? `${method} ${path}`;
  return {
    name,
    ...(summary === undefined ? {} : { title: summary }),
    description: isDeprecated ? `Deprecated. ${text}` : text,
    inputSchema,
    annotations: annotationsOf(method),
    ...(tags.length > 0 ? { _meta: { [tagsKey]: tags } } : {}),
  };
}

const readOnlyMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);

function annotationsOf(method: string): JsonObject {
  const isReadOnly = readOnlyMethods.has(method);
  return {
    readOnlyHint: isReadOnly,
    destructiveHint: !isReadOnly,
    idempotentHint: isReadOnly || method === 'PUT' || method === 'DELETE',
    openWorldHint: true,
  };
}
