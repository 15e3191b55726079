export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keywords whose value is any JSON, not schemas. */
const dataKeywords: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'example']);
/** Keywords whose value has schemas by name. */
const mapKeywords: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);

export interface SchemaFacts {
  references: Set<string>;
  markers: Set<string>;
}

/**
 * The references and `x-` keywords of a schema, all subschemas looked at; what is below `$defs` only where `withDefinitions`.
 * Names of properties and plain data are no keywords.
 */
export function walkSchema(schema: unknown, withDefinitions: boolean): SchemaFacts {
  const facts: SchemaFacts = { references: new Set(), markers: new Set() };
  const waiting: unknown[] = [schema];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (Array.isArray(node)) waiting.push(...(node as unknown[]));
    if (!isObject(node)) continue;
    for (const [key, value] of Object.entries(node)) {
      if (key === '$ref' && typeof value === 'string') facts.references.add(value);
      if (key.startsWith('x-')) facts.markers.add(key);
      if (dataKeywords.has(key) || (key === '$defs' && !withDefinitions)) continue;
      if (mapKeywords.has(key) && isObject(value)) waiting.push(...Object.values(value));
      else if (typeof value === 'object') waiting.push(value);
    }
  }
  return facts;
}
