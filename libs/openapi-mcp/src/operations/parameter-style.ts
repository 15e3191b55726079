import { own, pointerTo, type JsonObject } from '../document/json.js';
import { parameterStyles, type Parameter, type ParameterPlace, type ParameterStyle } from './operation.js';
import type { ReadContext } from './read-context.js';

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

const explodedByDefault: ReadonlySet<ParameterStyle> = new Set(['form', 'cookie', 'deepObject']);

/** Swagger 2.0's `collectionFormat`: how the items of an array are joined, wherever the parameter is. */
const collectionStyles: Readonly<Record<string, ParameterStyle>> = {
  ssv: 'spaceDelimited',
  tsv: 'tabDelimited',
  pipes: 'pipeDelimited',
};

type Styled = Pick<Parameter, 'style' | 'isExploded'>;

/** `style` and `explode`, or `collectionFormat` where that is what is said. */
export function readStyle(node: JsonObject, place: ParameterPlace, pointer: string, context: ReadContext): Styled {
  const declared = own(node, 'style');
  const style = parameterStyles.find((candidate) => candidate === declared);
  const isKnown = style !== undefined && stylesByPlace[place].includes(style);
  if (!isKnown && (context.isSwagger || own(node, 'collectionFormat') !== undefined)) {
    return collectionStyle(node, defaultStyles[place]);
  }
  if (!isKnown && declared !== undefined) {
    const message = `Not a style for a ${place} parameter; the default is used.`;
    context.diagnostics.add('warning', pointerTo(pointer, 'style'), 'style_invalid', message);
  }
  const used = isKnown ? style : defaultStyles[place];
  const explode = own(node, 'explode');
  return { style: used, isExploded: typeof explode === 'boolean' ? explode : explodedByDefault.has(used) };
}

/** Of a parameter or a form field of Swagger 2.0; comma-separated where it says nothing. */
export function collectionStyle(node: JsonObject, fallback: ParameterStyle): Styled {
  const format = own(node, 'collectionFormat');
  if (format === 'multi') return { style: fallback, isExploded: true };
  const style =
    typeof format === 'string' && Object.hasOwn(collectionStyles, format) ? collectionStyles[format] : undefined;
  return { style: style ?? fallback, isExploded: false };
}
