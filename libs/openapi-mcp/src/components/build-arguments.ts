import type { Diagnostics } from '../document/diagnostics.js';
import { isObject, own, type JsonObject } from '../document/json.js';
import type { BodyContent, Operation, Parameter, RequestBody } from '../operations/operation.js';
import type { References } from '../document/references.js';
import type { ToolSchemas } from '../schemas/tool-schemas.js';
import type { Argument, Convert } from './argument.js';
import { argumentKeys } from './argument-keys.js';
import { bodyArguments, sentences, wholeArgument, wholeSchema, type BodySchemas } from './body-arguments.js';
import { bodyShape, wholeName } from './body-shape.js';
import type { ComponentBase } from './component.js';
import { jsonPatchSchema, patchBodies, type PatchBodies } from './patch-bodies.js';
import type { Credential } from './security.js';
import { isSuppliedBy } from './supplied-parameters.js';

/** What a component takes, and where each argument goes. */
export type Arguments = Pick<ComponentBase, 'inputSchema' | 'bindings' | 'bodies' | 'isBodyRequired' | 'hasOpenBody'>;

/** Of a body, and the media types that it can be sent as. */
interface BodyPart {
  args: Argument[];
  bodies: ComponentBase['bodies'];
  /** Of properties that are not declared. */
  additional?: JsonObject;
}

/**
 * The arguments of an operation as one flat object (openapi-to-mcp.md, section 4): its parameters but those that a
 * credential supplies, and its body.
 */
export function buildArguments(
  parts: { operation: Operation; credentials: readonly Credential[] },
  references: References,
  schemas: ToolSchemas,
  diagnostics: Diagnostics,
): Arguments {
  const { operation, credentials } = parts;
  const uses = new Set<string>();
  const convert: Convert = (schema, pointer) => {
    const converted = schemas.convert(schema, pointer);
    for (const use of converted.uses) uses.add(use);
    return converted.schema;
  };
  const parameters = distinctHeaders(operation.parameters, diagnostics)
    .filter((parameter) => !isSuppliedBy(credentials, parameter))
    .filter(({ schema, place }) => schema !== false || place === 'path')
    .map((parameter) => parameterArgument(parameter, convert));
  const body = operation.body
    ? bodyPart(operation, operation.body, { references, schemas, convert }, diagnostics)
    : { args: [], bodies: [] };
  const args = [...parameters, ...body.args];
  const keys = argumentKeys(args);
  const keyed = args.map((arg, index) => ({ arg, key: keys[index] ?? '' }));
  const required = keyed.filter(({ arg }) => arg.isRequired).map(({ key }) => key);
  const inputSchema = schemas.complete(
    {
      type: 'object',
      properties: Object.fromEntries(keyed.map(({ arg, key }) => [key, describe(arg, key)])),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: body.additional ?? false,
    },
    uses,
    operation.pointer,
  );
  return {
    inputSchema,
    bindings: new Map(keyed.map(({ arg, key }) => [key, arg.bind(key)])),
    bodies: body.bodies,
    isBodyRequired: operation.body?.isRequired === true,
    hasOpenBody: body.additional !== undefined,
  };
}

function parameterArgument(parameter: Parameter, convert: Convert): Argument {
  const schema = parameter.schema === false ? {} : convert(parameter.schema, parameter.schemaPointer);
  const isEmptySaid = parameter.allowsEmptyValue === true && (schema.type !== 'string' || 'enum' in schema);
  const { description = isEmptySaid ? schema.description : undefined } = parameter;
  const text = sentences(
    ...(typeof description === 'string' ? [description] : []),
    ...(isEmptySaid ? ['May be the empty string.'] : []),
  );
  return {
    name: parameter.name,
    place: parameter.place,
    isRequired: parameter.isRequired,
    schema: text === '' ? schema : { ...schema, description: text },
    bind: (key) => ({ key, place: 'parameter', parameter }),
  };
}

function bodyPart(operation: Operation, body: RequestBody, tools: BodySchemas, diagnostics: Diagnostics): BodyPart {
  const patches = patchBodies(operation);
  const [content] = patches?.objects ?? body.contents;
  if (!content) return { args: [], bodies: [] };
  const shape = bodyShape(content, tools.references, diagnostics);
  if (!patches) return { ...bodyArguments(body, content, shape, tools), bodies: [content] };
  const { objects, list } = patches;
  // A list of operations that is declared as an object of properties is none.
  if (!list || (shape.kind === 'properties' && isSameSchema(content.schema, list.schema))) {
    const made = bodyArguments(body, content, shape, tools);
    return {
      ...made,
      args: [...made.args, ...typeArgument(objects.map(({ mediaType }) => mediaType))],
      bodies: objects,
    };
  }
  const bodies = [...objects, list];
  const arg = wholeArgument(
    wholeName(content, tools.references),
    body,
    patchSchema(patches, list, body.description, tools),
    content,
  );
  // An object or a list: where there is but one of each, the shape decides.
  const args = objects.length > 1 ? [arg, ...typeArgument(bodies.map(({ mediaType }) => mediaType))] : [arg];
  return { args, bodies };
}

function patchSchema(
  { objects }: PatchBodies,
  list: BodyContent,
  description: string | undefined,
  tools: BodySchemas,
): JsonObject {
  const [object] = objects;
  const asObject = object ? wholeSchema({ ...object, kind: 'json' }, undefined, tools) : {};
  const declared = tools.references.follow(list.schema, list.schemaPointer)?.value;
  const isDeclared = isObject(declared) && own(declared, 'type') === 'array';
  if (isDeclared && object && isSameSchema(object.schema, list.schema)) return wholeSchema(list, description, tools);
  return {
    description: sentences(
      description,
      `An object is sent as ${object?.mediaType ?? ''}, a list as ${list.mediaType}.`,
    ),
    anyOf: [
      Object.keys(asObject).length > 0 ? asObject : { type: 'object' },
      isDeclared ? wholeSchema(list, undefined, tools) : jsonPatchSchema,
    ],
  };
}

function isSameSchema(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Chooses among media types that the shape of the body does not tell apart. */
function typeArgument(mediaTypes: readonly string[]): Argument[] {
  if (mediaTypes.length < 2) return [];
  const description = `The media type of the body; ${mediaTypes[0] ?? ''} where it fits and none is given.`;
  return [
    {
      name: 'content_type',
      place: 'content-type',
      isRequired: false,
      schema: { type: 'string', enum: [...mediaTypes], description },
      bind: (key) => ({ key, place: 'content-type' }),
    },
  ];
}

/** A renamed argument tells where it goes. */
function describe({ name, place, schema }: Argument, key: string): JsonObject {
  if (key === name || place === 'content-type') return schema;
  const kind = place === 'body' ? 'Body property' : `${place[0]?.toUpperCase() ?? ''}${place.slice(1)} parameter`;
  const note = key.startsWith(name) ? `(${kind})` : `(${kind} "${name}")`;
  const { description } = schema;
  return { ...schema, description: typeof description === 'string' ? `${description} ${note}` : note };
}

/** Headers whose names differ in case only are one; the operation's declaration is the later one. */
function distinctHeaders(parameters: readonly Parameter[], diagnostics: Diagnostics): Parameter[] {
  const last = new Map<string, Parameter>();
  for (const parameter of parameters)
    if (parameter.place === 'header') last.set(parameter.name.toLowerCase(), parameter);
  return parameters.filter((parameter) => {
    if (parameter.place !== 'header' || last.get(parameter.name.toLowerCase()) === parameter) return true;
    const message = `"${parameter.name}" is declared again with other capitals; that one counts.`;
    diagnostics.add('warning', parameter.pointer, 'parameter_duplicate', message);
    return false;
  });
}
