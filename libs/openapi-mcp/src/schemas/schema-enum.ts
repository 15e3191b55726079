import { isObject, own, type JsonObject } from '../document/json.js';
import { isOfType, typesOf } from './schema-types.js';

/**
 * Puts `enum` into a converted schema. Values of another type than the declared one would make a schema that nothing
 * fits: text for numbers and the reverse are read as meant, values on an array are those of its items, and where
 * nothing helps, the values are believed rather than the type.
 *
 * @param values distinct
 * @returns whether something had to be repaired
 */
export function repairEnum(values: readonly unknown[], node: JsonObject, result: JsonObject): boolean {
  const types = typesOf(result);
  if (values.every((value) => isOfType(value, types))) {
    result.enum = values;
    return false;
  }
  // A value of null says what "nullable" was to say.
  if (values.every((value) => value === null || isOfType(value, types))) {
    Object.assign(result, { type: [...types, 'null'], enum: values });
    return true;
  }
  const isList = types.includes('array') && !values.some(Array.isArray);
  const items = own(node, 'items');
  if (isList) {
    if (!isObject(items) || (own(items, 'enum') === undefined && own(items, '$ref') === undefined)) {
      result.items = { enum: values };
    }
    return true;
  }
  const read = values.map((value) => readAs(value, types));
  if (read.every((value) => isOfType(value, types))) {
    result.enum = [...new Set(read)];
    return true;
  }
  result.enum = values;
  if (!values.some((value) => isOfType(value, types))) delete result.type;
  return true;
}

function readAs(value: unknown, types: readonly string[]): unknown {
  if (isOfType(value, types)) return value;
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (typeof value !== 'string') return value;
  if ((types.includes('number') || types.includes('integer')) && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (types.includes('boolean') && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}
