import type { Diagnostics } from '../document/diagnostics.js';
import { isObject, own, ownObject, ownString, pointerTo, type JsonObject } from '../document/json.js';
import {
  parameterPlaces,
  parameterStyles,
  type Parameter,
  type ParameterPlace,
  type ParameterStyle,
} from './operation.js';
import type { References } from '../document/references.js';
import { bodyKindOf } from './read-request-body.js';

const defaultStyles: Readonly<Record<ParameterPlace, ParameterStyle>> = {
  path: 'simple',
  query: 'form',
  header: 'simple',
  cookie: 'form',
  querystring: 'form',
};

const stylesByPlace: Readonly<Record<ParameterPlace, readonly ParameterStyle[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form', 'cookie'],
  querystring: ['form'],
};

/** Headers that belong to the HTTP connection or to the hub: a caller never sets them. */
const reservedHeaders: ReadonlySet<string> = new Set([
  'accept',
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

export interface Placeholder {
  name: string;
  isMultiSegment: boolean;
}

/** The `{placeholders}` of a templated path, in its order. */
export function placeholdersOf(path: string): Placeholder[] {
  return [...path.matchAll(/\{(\+?)([^{}]+)\}/g)].map((match) => ({
    name: match[2] ?? '',
    isMultiSegment: match[1] === '+',
  }));
}

/**
 * The parameters of an operation (openapi-to-mcp.md, sections 1 and 4): those of its path too, its own winning by name
 * and place; placeholders without a declaration become required strings.
 *
 * @param lists each with its pointer, the more specific one last
 */
export function readParameters(
  path: string,
  lists: readonly { items: readonly unknown[]; pointer: string }[],
  references: References,
  diagnostics: Diagnostics,
): Parameter[] {
  const placeholders = new Map(placeholdersOf(path).map((placeholder) => [placeholder.name, placeholder]));
  const found = new Map<string, Parameter>();
  for (const { items, pointer } of lists) {
    items.forEach((item, index) => {
      const located = references.followObject(item, pointerTo(pointer, index));
      const parameter = located && readParameter(located.value, located.pointer, references, diagnostics);
      if (parameter) found.set(`${parameter.place} ${parameter.name}`, parameter);
    });
  }
  for (const { name, isMultiSegment } of placeholders.values()) {
    const declared = found.get(`path ${name}`);
    if (declared) declared.isMultiSegment ||= isMultiSegment;
    else found.set(`path ${name}`, undeclared(name, isMultiSegment, lists.at(-1)?.pointer ?? '', diagnostics));
  }
  return [...found.values()].filter((parameter) => {
    if (parameter.place !== 'path' || placeholders.has(parameter.name)) return true;
    diagnostics.add(
      'warning',
      parameter.pointer,
      'parameter_without_placeholder',
      `The path has no {${parameter.name}}.`,
    );
    return false;
  });
}

function readParameter(
  node: JsonObject,
  pointer: string,
  references: References,
  diagnostics: Diagnostics,
): Parameter | undefined {
  const name = ownString(node, 'name');
  const place = parameterPlaces.find((candidate) => candidate === own(node, 'in'));
  if (name === undefined || !place) {
    diagnostics.add(
      'warning',
      pointer,
      'parameter_invalid',
      'A parameter without a name, or in no known place; it is left out.',
    );
    return undefined;
  }
  if (place === 'header' && reservedHeaders.has(name.toLowerCase())) return undefined;
  if ((place === 'header' || place === 'cookie') && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    diagnostics.add(
      'warning',
      pointer,
      'parameter_invalid',
      `"${name}" can't be the name of a ${place}; it is left out.`,
    );
    return undefined;
  }
  const style = readStyle(node, place, pointer, diagnostics);
  const explode = own(node, 'explode');
  const description = ownString(node, 'description');
  return {
    pointer,
    name,
    place,
    isRequired: place === 'path' || own(node, 'required') === true,
    ...(description === undefined ? {} : { description }),
    style,
    isExploded: typeof explode === 'boolean' ? explode : style === 'form' || style === 'deepObject',
    allowsReserved: place === 'query' && own(node, 'allowReserved') === true,
    isMultiSegment: place === 'path' && own(node, 'x-multi-segment') === true,
    ...schemaOf(node, pointer, references),
  };
}

function readStyle(node: JsonObject, place: ParameterPlace, pointer: string, diagnostics: Diagnostics): ParameterStyle {
  const declared = own(node, 'style');
  const style = parameterStyles.find((candidate) => candidate === declared);
  if (style && stylesByPlace[place].includes(style)) return style;
  if (declared !== undefined) {
    diagnostics.add(
      'warning',
      pointerTo(pointer, 'style'),
      'style_invalid',
      `Not a style for a ${place} parameter; the default is used.`,
    );
  }
  return defaultStyles[place];
}

function schemaOf(
  node: JsonObject,
  pointer: string,
  references: References,
): Pick<Parameter, 'schema' | 'schemaPointer' | 'content'> {
  const schema = own(node, 'schema');
  const [mediaType, content] = Object.entries(ownObject(node, 'content'))[0] ?? [];
  if (schema === undefined && mediaType !== undefined) {
    const contentPointer = pointerTo(pointer, 'content', mediaType);
    const media = references.followObject(content, contentPointer);
    return {
      schema: media && own(media.value, 'schema'),
      schemaPointer: pointerTo(media?.pointer ?? contentPointer, 'schema'),
      content: { mediaType, kind: bodyKindOf(mediaType) },
    };
  }
  return {
    schema: schema === undefined || isObject(schema) || typeof schema === 'boolean' ? schema : {},
    schemaPointer: pointerTo(pointer, 'schema'),
  };
}

function undeclared(name: string, isMultiSegment: boolean, pointer: string, diagnostics: Diagnostics): Parameter {
  diagnostics.add(
    'info',
    pointer,
    `placeholder_undeclared:${name}`,
    `{${name}} is not declared; it is taken as a required string.`,
  );
  return {
    pointer,
    name,
    place: 'path',
    isRequired: true,
    style: 'simple',
    isExploded: false,
    allowsReserved: false,
    isMultiSegment,
    schema: { type: 'string' },
    schemaPointer: pointer,
  };
}
