import { isObject, own, ownArray, pointerTo, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';
import { readTypes } from './schema-types.js';

const objectKeywords = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'required',
  'discriminator',
] as const;

export type Verdict = 'object' | 'other' | 'unknown';

/**
 * Whether a schema of the document allows objects only, by any spelling (openapi-to-mcp.md, section 6): its type, null
 * beside it or not; members of objects without a type; parts of an `allOf`; variants that all are objects.
 */
export function verdictOn(
  schema: unknown,
  pointer: string,
  references: References,
  known = new Map<object, Verdict>(),
): Verdict {
  const located = references.follow(schema, pointer);
  if (!located || !isObject(located.value)) return 'unknown';
  const judged = known.get(located.value);
  if (judged) return judged;
  // Until it is known, so that a circle comes to an end.
  known.set(located.value, 'unknown');
  const verdict = judge(located.value, located.pointer, references, known);
  known.set(located.value, verdict);
  return verdict;
}

function judge(node: JsonObject, pointer: string, references: References, known: Map<object, Verdict>): Verdict {
  const types = readTypes(own(node, 'type')).types?.filter((type) => type !== 'null') ?? [];
  if (types.length > 0) return types.every((type) => type === 'object') ? 'object' : 'other';
  const within = (key: string) =>
    ownArray(node, key)
      .map((part, index) => [part, pointerTo(pointer, key, index)] as const)
      .filter(([part]) => !isNull(part))
      .map(([part, at]) => verdictOn(part, at, references, known));
  const parts = within('allOf');
  if (parts.includes('object')) return 'object';
  const variants = [...within('anyOf'), ...within('oneOf')];
  if (variants.length > 0 && variants.every((verdict) => verdict === 'object')) return 'object';
  if (objectKeywords.some((key) => Object.hasOwn(node, key))) return 'object';
  const isOther = parts.includes('other') || variants.length > 0 || 'items' in node || isValues(node);
  return isOther ? 'other' : 'unknown';
}

function isNull(schema: unknown): boolean {
  return isObject(schema) && own(schema, 'type') === 'null';
}

/** Fixed values, none of them an object. */
function isValues(node: JsonObject): boolean {
  return [...ownArray(node, 'enum'), ...(Object.hasOwn(node, 'const') ? [node.const] : [])].some(
    (value) => !isObject(value),
  );
}
