import type { Diagnostics } from '../document/diagnostics.js';
import { isObject, ownString } from '../document/json.js';
import type { BodyContent } from '../operations/operation.js';
import type { References } from '../document/references.js';
import type { ObjectShape } from './object-shape.js';
import { readObjectShape } from './read-object-shape.js';

/** How a body becomes arguments: the properties of an object, or one argument for all of it. */
export type BodyShape =
  | { kind: 'properties'; shape: ObjectShape }
  /** `name`: of that argument. */
  | { kind: 'whole'; name: string };

/**
 * What arguments a body is given by (openapi-to-mcp.md, section 4, "Bodies"). Variants with nothing beside them stay one
 * argument, whose schema tells them apart better than a flat list of properties could.
 */
export function bodyShape(body: BodyContent, references: References, diagnostics: Diagnostics): BodyShape {
  const whole: BodyShape = { kind: 'whole', name: wholeName(body, references) };
  if (body.kind === 'text' || body.kind === 'binary') return whole;
  const read = readObjectShape(body.schema, body.schemaPointer, references);
  if (read.kind === 'too_large') {
    diagnostics.add(
      'info',
      body.schemaPointer,
      'body_too_large',
      'The body has too many properties to be told one by one; it is one argument.',
    );
  }
  if (read.kind !== 'object') return whole;
  const { shape } = read;
  const isTold = shape.properties.size === 0 ? shape.isClosed && !shape.additional : shape.hasBase;
  return isTold ? { kind: 'properties', shape } : whole;
}

/** The title in lower snake case, or `body`. */
export function wholeName(body: BodyContent, references: References): string {
  const schema = references.follow(body.schema, body.schemaPointer)?.value;
  const title = isObject(schema) ? ownString(schema, 'title') : undefined;
  const name = title
    ?.toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');
  return name === undefined || name === '' || name.length > 64 ? 'body' : name;
}
