import { TypeReader } from '../arguments/allowed-types.js';
import type { ResourceTemplateComponent } from '../components/component.js';
import { own, ownObject, type JsonObject } from '../document/json.js';

export type MatchedTemplate =
  | { kind: 'matched'; args: JsonObject }
  /** It is this template's, but does not say what it has to. */
  | { kind: 'invalid'; problem: string }
  | { kind: 'other' };

/**
 * Reads the arguments out of a URI of the form `resource://name/{p}{?a,b}` (RFC 6570): each path variable is one
 * percent-encoded segment (`{+p}`: one or more), the query may leave out and reorder. Values are text; of an array
 * they are comma-separated, or their name is repeated; of an object they are JSON.
 *
 * @returns `args` by argument key, to be validated as those of a tool are
 */
export function matchTemplate(component: ResourceTemplateComponent, uri: string): MatchedTemplate {
  const { base, path, query } = partsOf(component.uriTemplate);
  const [address = '', ...queries] = uri.split('?');
  const values = pathValues(base, path, address);
  if (!values) return { kind: 'other' };
  const known = new Map<string, string[]>([...values].map(([name, raw]) => [name, [raw]]));
  for (const pair of queries.join('?').split('&')) {
    if (pair === '') continue;
    const [rawName = '', ...rest] = pair.split('=');
    const name = decoded(rawName);
    if (name === undefined) return invalid(`"${rawName}" is not percent-encoded correctly`);
    if (!query.includes(name)) {
      const valid = query.length === 0 ? 'the resource has no query' : `valid names are ${query.join(', ')}`;
      return invalid(`${name}: is not known; ${valid}`);
    }
    const raws = known.get(name) ?? [];
    raws.push(rest.join('='));
    known.set(name, raws);
  }
  // In the order of the template, whatever that of the URI.
  const order = [...path.map(({ name }) => name), ...query];
  return argumentsOf(
    component,
    order.flatMap((name) => (known.has(name) ? [{ name, raws: known.get(name) ?? [] }] : [])),
  );
}

interface TemplateParts {
  /** Before the first variable of the path, without a slash at its end. */
  base: string;
  path: { name: string; isMultiSegment: boolean }[];
  query: string[];
}

function partsOf(template: string): TemplateParts {
  const [beforeQuery = '', querySpec = ''] = template.split('{?');
  const firstVariable = beforeQuery.indexOf('/{');
  const base = firstVariable < 0 ? beforeQuery : beforeQuery.slice(0, firstVariable);
  const path = firstVariable < 0 ? [] : beforeQuery.slice(firstVariable + 1).split('/');
  return {
    base,
    path: path.map((segment) => ({
      name: variableName(segment.replace(/^\{\+?|\}$/g, '')),
      isMultiSegment: segment.startsWith('{+'),
    })),
    query: querySpec
      .replace(/\}$/, '')
      .split(',')
      .filter((name) => name !== '')
      .map(variableName),
  };
}

/** Without a modifier; characters that a variable may not have are percent-encoded in its name. */
function variableName(spec: string): string {
  const name = spec.replace(/(\*|:\d+)$/, '');
  return decoded(name) ?? name;
}

/** @returns what stands for each variable, still encoded; undefined where the address is another one's */
function pathValues(base: string, path: TemplateParts['path'], address: string): Map<string, string> | undefined {
  if (address === base) return path.length === 0 ? new Map() : undefined;
  if (!address.startsWith(`${base}/`) || path.length === 0) return undefined;
  const segments = address.slice(base.length + 1).split('/');
  const spare = segments.length - path.length;
  const greedy = path.findIndex(({ isMultiSegment }) => isMultiSegment);
  if (spare < 0 || (spare > 0 && greedy < 0)) return undefined;
  const values = new Map<string, string>();
  let next = 0;
  for (const [index, { name }] of path.entries()) {
    const count = index === greedy ? spare + 1 : 1;
    values.set(name, segments.slice(next, next + count).join('/'));
    next += count;
  }
  return values;
}

function argumentsOf(
  component: ResourceTemplateComponent,
  values: readonly { name: string; raws: string[] }[],
): MatchedTemplate {
  const args: [string, unknown][] = [];
  for (const { name, raws } of values) {
    const key = keyFor(component, name);
    if (key === undefined) return invalid(`${name}: is not known`);
    const types = typesOf(component.inputSchema, key);
    const pieces = types.has('array') ? raws.flatMap((raw) => (raw === '' ? [] : raw.split(','))) : raws;
    const texts = pieces.map(decoded);
    if (texts.includes(undefined)) return invalid(`${name}: is not percent-encoded correctly`);
    if (types.has('array')) args.push([key, texts]);
    else if (texts.length > 1) return invalid(`${name}: is given more than once`);
    else args.push([key, types.has('object') ? objectFrom(texts[0] ?? '') : texts[0]]);
  }
  return { kind: 'matched', args: Object.fromEntries(args) };
}

/** A variable bears the key of its argument, or the parameter's own name. */
function keyFor({ bindings }: ResourceTemplateComponent, variable: string): string | undefined {
  if (bindings.has(variable)) return variable;
  for (const [key, binding] of bindings) {
    if (binding.place === 'parameter' && binding.parameter.name === variable) return key;
  }
  return undefined;
}

/** Nothing where it may be text, which it is already. */
function typesOf(inputSchema: JsonObject, key: string): ReadonlySet<string> {
  const types = new TypeReader(inputSchema).of(own(ownObject(inputSchema, 'properties'), key));
  return !types || types.has('string') ? new Set() : types;
}

function objectFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The validator says what it should have been.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function invalid(problem: string): MatchedTemplate {
  return { kind: 'invalid', problem };
}
