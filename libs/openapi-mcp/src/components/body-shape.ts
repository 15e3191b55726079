import {
  isObject,
  own,
  ownArray,
  ownObject,
  ownString,
  pointerTo,
  strings,
  type JsonObject,
} from '../document/json.js';
import type { BodyContent } from '../operations/operation.js';
import type { References } from '../document/references.js';
import type { ToolSchemas } from '../schemas/tool-schemas.js';

export interface BodyProperty {
  name: string;
  isRequired: boolean;
  /** Several where parts of an `allOf` declare the same property. */
  schemas: { schema: unknown; pointer: string }[];
}

/** How the body becomes arguments: the properties of an object, or one argument for all of it. */
export type BodyShape =
  | {
      kind: 'properties';
      properties: BodyProperty[];
      additional?: { schema: unknown; pointer: string };
    }
  | { kind: 'whole'; name: string };

interface Collected {
  properties: Map<string, BodyProperty>;
  required: Set<string>;
  additional?: { schema: unknown; pointer: string };
}

/** Keywords that a flat list of properties can't express. */
const inexpressible = ['not', 'if', 'patternProperties', 'dependentSchemas'] as const;

/** @see openapi-to-mcp.md, section 4, "Bodies" */
export function bodyShape(body: BodyContent, references: References, schemas: ToolSchemas): BodyShape {
  const whole: BodyShape = { kind: 'whole', name: wholeName(body, references) };
  if (body.kind === 'text' || body.kind === 'binary') return whole;
  const collected: Collected = { properties: new Map(), required: new Set() };
  if (!collect(body.schema, body.schemaPointer, references, collected, new Set())) return whole;
  const properties = [...collected.properties.values()].filter((property) =>
    property.schemas.every(({ schema, pointer }) => schemas.isInput(schema, pointer)),
  );
  if (properties.length === 0) return whole;
  for (const property of properties) property.isRequired = collected.required.has(property.name);
  return {
    kind: 'properties',
    properties,
    ...(collected.additional ? { additional: collected.additional } : {}),
  };
}

/** @returns false where the schema is not an object of known properties only */
function collect(
  node: unknown,
  pointer: string,
  references: References,
  into: Collected,
  visited: Set<unknown>,
): boolean {
  const located = references.follow(node, pointer);
  if (!located || !isObject(located.value)) return false;
  const schema = located.value;
  if (visited.has(schema)) return true;
  visited.add(schema);
  if (!mayBeObject(schema) || hasVariants(schema)) return false;
  if (inexpressible.some((keyword) => Object.hasOwn(schema, keyword))) return false;
  for (const [name, property] of Object.entries(ownObject(schema, 'properties'))) {
    const entry = into.properties.get(name) ?? {
      name,
      isRequired: false,
      schemas: [],
    };
    entry.schemas.push({
      schema: property,
      pointer: pointerTo(located.pointer, 'properties', name),
    });
    into.properties.set(name, entry);
  }
  for (const name of strings(ownArray(schema, 'required'))) into.required.add(name);
  const additional = own(schema, 'additionalProperties');
  if (additional === true || isObject(additional)) {
    into.additional = {
      schema: additional,
      pointer: pointerTo(located.pointer, 'additionalProperties'),
    };
  }
  return ownArray(schema, 'allOf').every((part, index) =>
    collect(part, pointerTo(located.pointer, 'allOf', index), references, into, visited),
  );
}

function mayBeObject(schema: JsonObject): boolean {
  const type = own(schema, 'type');
  if (type === undefined) return true;
  return type === 'object' || (Array.isArray(type) && type.includes('object'));
}

/** Variants that only say which properties go together (`anyOf: [{required: …}]`) are left to the API to check. */
function hasVariants(schema: JsonObject): boolean {
  return [...ownArray(schema, 'oneOf'), ...ownArray(schema, 'anyOf')].some(
    (variant) => !isObject(variant) || Object.keys(variant).some((key) => key !== 'required'),
  );
}

function wholeName(body: BodyContent, references: References): string {
  const schema = references.follow(body.schema, body.schemaPointer)?.value;
  const title = isObject(schema) ? ownString(schema, 'title') : undefined;
  const name = title
    ?.toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');
  return name === undefined || name === '' || name.length > 64 ? 'body' : name;
}
