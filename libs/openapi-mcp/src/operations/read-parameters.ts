import { isObject, own, ownString, pointerTo, type JsonObject } from '../document/json.js';
import { bodyKindOf, readContentMap } from './media-content.js';
import { parameterPlaces, type Parameter, type ParameterPlace } from './operation.js';
import { readStyle } from './parameter-style.js';
import { placeholdersOf, splitTemplate } from './path-template.js';
import type { At, ReadContext } from './read-context.js';
import { swaggerSchema } from './swagger-schema.js';
import { reconcileQueries, undeclaredParameters } from './undeclared-parameters.js';

/** Headers that belong to the HTTP connection or to the hub: a caller never sets them. */
const reservedHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'content-type',
  'authorization',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface ReadParameters {
  parameters: Parameter[];
  /** Swagger 2.0's `in: body` and `in: formData`. */
  bodyParameters: At[];
}

/**
 * The parameters of an operation (openapi-to-mcp.md, sections 1 and 4): those of its path too, its own winning by name
 * and place; placeholders without a declaration become required strings.
 *
 * @param lists each with its pointer, the more specific one last
 */
export function readParameters(
  path: string,
  lists: readonly { value: unknown; pointer: string }[],
  context: ReadContext,
): ReadParameters {
  const { diagnostics } = context;
  const { template, queries } = splitTemplate(path);
  const placeholders = new Map(placeholdersOf(template).map((placeholder) => [placeholder.name, placeholder]));
  const found = new Map<string, Parameter>();
  const bodies = new Map<string, At>();
  for (const list of lists) {
    const seen = new Set<string>();
    for (const { at, node } of listed(list, context)) {
      const place = placeOf(node, placeholders);
      const name = ownString(node, 'name') ?? (place === 'querystring' || place === 'body' ? place : undefined);
      if (name === undefined || place === undefined) {
        const message = 'A parameter without a name, or in no known place; it is left out.';
        diagnostics.add('warning', at, 'parameter_invalid', message);
        continue;
      }
      const key = place === 'body' ? place : `${place} ${name}`;
      if (seen.has(key)) {
        diagnostics.add('warning', at, 'parameter_duplicate', `"${name}" is there twice; the first one counts.`);
        continue;
      }
      seen.add(key);
      if (place === 'body' || place === 'formData') bodies.set(key, { value: node, pointer: at });
      else {
        const parameter = readParameter(name, place, { value: node, pointer: at }, context);
        if (parameter) found.set(key, parameter);
      }
    }
  }
  const pointer = lists.at(-1)?.pointer ?? '';
  undeclaredParameters(placeholders, found, pointer, diagnostics);
  reconcileQueries(queries, found, pointer, diagnostics);
  const parameters = [...found.values()].filter((parameter) => {
    if (parameter.place !== 'path' || placeholders.has(parameter.name)) return true;
    const message = `The path has no {${parameter.name}}.`;
    diagnostics.add('warning', parameter.pointer, 'parameter_without_placeholder', message);
    return false;
  });
  return { parameters, bodyParameters: [...bodies.values()] };
}

/** The parameter objects of a list, references followed; a map is read as the list of its values. */
function listed(
  { value, pointer: declaredAt }: { value: unknown; pointer: string },
  { references, diagnostics }: ReadContext,
): { node: JsonObject; at: string }[] {
  if (value === undefined || value === null) return [];
  const located = references.follow(value, declaredAt);
  if (!located) return [];
  const { pointer } = located;
  if (!Array.isArray(located.value) && !isObject(located.value)) {
    diagnostics.add('warning', pointer, 'parameters_invalid', 'The parameters are not a list; they are left out.');
    return [];
  }
  if (!Array.isArray(located.value)) {
    diagnostics.add('warning', pointer, 'parameters_invalid', 'The parameters are not a list; its members are read.');
  }
  return Object.entries(located.value).flatMap(([key, item]) => {
    const found = references.followObject(item, pointerTo(pointer, key));
    if (!found) return [];
    // OpenAPI 3.1: a description beside the reference wins.
    const description = isObject(item) && item !== found.value ? ownString(item, 'description') : undefined;
    return [{ node: description === undefined ? found.value : { ...found.value, description }, at: found.pointer }];
  });
}

function placeOf(
  node: JsonObject,
  placeholders: ReadonlyMap<string, unknown>,
): ParameterPlace | 'body' | 'formData' | undefined {
  const declared = own(node, 'in');
  if (declared === 'body' || declared === 'formData') return declared;
  const place = parameterPlaces.find((candidate) => candidate === declared);
  const isPlaceholder = declared === undefined && placeholders.has(ownString(node, 'name') ?? '');
  return place ?? (isPlaceholder ? 'path' : undefined);
}

function readParameter(
  name: string,
  place: ParameterPlace,
  { value: node, pointer }: At,
  context: ReadContext,
): Parameter | undefined {
  if (place === 'header' && reservedHeaders.has(name.toLowerCase())) return undefined;
  if ((place === 'header' || place === 'cookie') && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    const message = `"${name.slice(0, 100)}" can't be the name of a ${place}; it is left out.`;
    context.diagnostics.add('warning', pointer, 'parameter_invalid', message);
    return undefined;
  }
  const description = ownString(node, 'description');
  return {
    pointer,
    name,
    place,
    isRequired: place === 'path' || own(node, 'required') === true,
    ...(description === undefined ? {} : { description }),
    ...readStyle(node, place, pointer, context),
    allowsReserved: place === 'query' && own(node, 'allowReserved') === true,
    ...(place === 'query' && own(node, 'allowEmptyValue') === true ? { allowsEmptyValue: true } : {}),
    isMultiSegment: place === 'path' && own(node, 'x-multi-segment') === true,
    ...schemaOf(node, pointer, context),
  };
}

/** From `schema`, from `content`, or from the keywords beside the name, as Swagger 2.0 has them. */
function schemaOf(
  node: JsonObject,
  pointer: string,
  context: ReadContext,
): Pick<Parameter, 'schema' | 'schemaPointer' | 'content'> {
  const schema = own(node, 'schema');
  if (isObject(schema) || typeof schema === 'boolean') return { schema, schemaPointer: pointerTo(pointer, 'schema') };
  const [content] = readContentMap({ value: node, pointer }, context);
  if (content) {
    const { mediaType } = content;
    return { ...content.content, content: { mediaType, kind: bodyKindOf(mediaType) } };
  }
  return { schema: swaggerSchema(node), schemaPointer: pointer };
}
