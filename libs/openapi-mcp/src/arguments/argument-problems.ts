import type { ErrorObject } from 'ajv';
import { own, ownObject, type JsonObject } from '../document/json.js';

/** Problems that one answer names. */
const mostProblems = 50;
/** Names and values that one problem lists. */
const mostListed = 200;

/**
 * What a validator found, in words, each problem with its argument (openapi-to-mcp.md, section 4). The variants of one
 * place that did not fit are one problem.
 */
export function describeProblems(errors: readonly ErrorObject[], inputSchema: JsonObject): string[] {
  const byPlace = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    const place = byPlace.get(error.instancePath);
    if (place) place.push(error);
    else byPlace.set(error.instancePath, [error]);
  }
  return [...byPlace].flatMap(([path, found]) => problemsAt(path, found, inputSchema, byPlace));
}

/** @returns at most so many that they can be read, and how many there are beyond */
export function limitProblems(problems: readonly string[]): string[] {
  const distinct = [...new Set(problems)];
  if (distinct.length <= mostProblems) return distinct;
  return [...distinct.slice(0, mostProblems), `and ${distinct.length - mostProblems} more problems`];
}

function listNames(names: readonly string[], separator = ', '): string {
  const shown = names.slice(0, mostListed).join(separator);
  return names.length > mostListed ? `${shown} and ${names.length - mostListed} more` : shown;
}

function problemsAt(
  path: string,
  errors: readonly ErrorObject[],
  inputSchema: JsonObject,
  byPlace: ReadonlyMap<string, readonly ErrorObject[]>,
): string[] {
  const at = path.slice(1).split('/').map(unescapeToken).join('.');
  const types = new Set<string>();
  const values = new Set<string>();
  const problems: string[] = [];
  for (const error of errors) {
    const params = error.params as JsonObject;
    if (error.keyword === 'type') for (const type of [own(params, 'type')].flat()) types.add(String(type));
    else if (error.keyword === 'enum')
      for (const value of [own(params, 'allowedValues')].flat()) values.add(textOf(value));
    else if (error.keyword === 'const') values.add(textOf(own(params, 'allowedValue')));
    else if (!isSummary(error, errors, byPlace)) problems.push(problemOf(error, at, inputSchema));
  }
  const name = at === '' ? 'arguments' : at;
  if (values.size > 0) problems.unshift(`${name}: must be one of ${listNames([...values], ',')}`);
  else if (types.size > 0) problems.unshift(`${name}: must be ${[...types].join(' or ')}`);
  return problems;
}

/** That no variant fits is said better by why: by what is wrong here or within. */
function isSummary(
  { keyword, instancePath }: ErrorObject,
  here: readonly ErrorObject[],
  byPlace: ReadonlyMap<string, readonly ErrorObject[]>,
): boolean {
  if (keyword !== 'anyOf' && keyword !== 'oneOf' && keyword !== 'if') return false;
  if (here.some((other) => !['anyOf', 'oneOf', 'if'].includes(other.keyword))) return true;
  return [...byPlace.keys()].some((path) => path.startsWith(`${instancePath}/`));
}

function problemOf(error: ErrorObject, at: string, inputSchema: JsonObject): string {
  const params = error.params as JsonObject;
  const inside = (name: unknown) => [at, String(name)].filter((part) => part !== '').join('.');
  switch (error.keyword) {
    case 'required':
      return `${inside(params.missingProperty)}: is required`;
    case 'additionalProperties':
      return unknownArgument(inside(params.additionalProperty), at === '' ? inputSchema : undefined);
    case 'anyOf':
    case 'oneOf':
      return `${at === '' ? 'arguments' : at}: does not fit ${error.keyword === 'anyOf' ? 'any' : 'exactly one'} of its variants`;
    default:
      return `${at === '' ? 'arguments' : at}: ${error.message ?? 'is not valid'}`;
  }
}

/** @param inputSchema where the name is that of an argument itself */
export function unknownArgument(name: string, inputSchema: JsonObject | undefined): string {
  if (!inputSchema) return `${name}: is not known`;
  const valid = Object.keys(ownObject(inputSchema, 'properties'));
  return valid.length === 0
    ? `${name}: is not known; the tool takes no arguments`
    : `${name}: is not known; valid arguments are ${listNames(valid)}`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}
