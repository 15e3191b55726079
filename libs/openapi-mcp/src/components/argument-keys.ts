import type { ParameterPlace } from '../operations/operation.js';
import { shortHash } from './short-hash.js';

const longestKey = 64;
const inherited: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface KeyRequest {
  /** The name on the wire. */
  name: string;
  /** `content-type` is the argument that chooses among the media types of a body. */
  place: ParameterPlace | 'body' | 'content-type';
}

/**
 * A key for each argument of a tool (openapi-to-mcp.md, section 4): of the pattern `^[a-zA-Z0-9_.-]{1,64}$`, and unique
 * in the tool. Properties of the body keep their names before parameters do, and names that need no change keep them
 * before those that do; what has to be told apart gets its place, else a hash of its name, so the order in which a
 * document declares its parameters does not matter.
 *
 * @returns in the order of the requests
 */
export function argumentKeys(requests: readonly KeyRequest[]): string[] {
  const taken = new Set<string>();
  const keys = new Map<KeyRequest, string>();
  const assign = (request: KeyRequest, key: string) => {
    taken.add(key);
    keys.set(request, key);
  };
  /** The key, else one with a hash of the wire name: the count only tells apart what is the same in all. */
  const assignFree = (request: KeyRequest, key: string, mustDiffer: boolean) => {
    let free = mustDiffer ? withSuffix(key, `_${shortHash(request.name)}`) : key;
    for (let count = 1; taken.has(free); count += 1) {
      free = withSuffix(key, `_${shortHash(`${request.name} ${request.place}${count === 1 ? '' : ` ${count}`}`)}`);
    }
    assign(request, free);
  };

  const body = requests.filter(({ place }) => place === 'body');
  const bodyNames = countBy(body, ({ name }) => safeKey(name));
  for (const request of body) {
    if (safeKey(request.name) === request.name && !taken.has(request.name)) assign(request, request.name);
  }
  for (const request of body) {
    const key = safeKey(request.name);
    if (!keys.has(request)) assignFree(request, key, (bodyNames.get(key) ?? 0) > 1);
  }

  const parameters = requests.filter(({ place }) => place !== 'body' && place !== 'content-type');
  const unchanged = countBy(parameters, ({ name }) => name);
  const wanted = countBy(parameters, ({ name }) => safeKey(name));
  // Those that nobody else wants first, so that a generated one never takes them away.
  for (const request of parameters) {
    const key = safeKey(request.name);
    const isOnly = key === request.name ? unchanged.get(key) === 1 : wanted.get(key) === 1;
    if (isOnly && !taken.has(key)) assign(request, key);
  }
  // No name of the document's: it is the last to get one.
  for (const request of requests) {
    if (request.place === 'content-type' && !wanted.has(request.name) && !taken.has(request.name)) {
      assign(request, request.name);
    }
  }
  const rest = requests.filter((request) => !keys.has(request));
  const placed = countBy(rest, placedKey);
  for (const request of rest) assignFree(request, placedKey(request), (placed.get(placedKey(request)) ?? 0) > 1);
  return requests.map((request) => keys.get(request) ?? '');
}

function placedKey({ name, place }: KeyRequest): string {
  return withSuffix(safeKey(name), `__${place === 'content-type' ? 'body' : place}`);
}

function safeKey(name: string): string {
  const key = name.replaceAll(/[^a-zA-Z0-9_.-]+/g, '_');
  const start = name.startsWith('_') ? key : key.replace(/^_/, '');
  const trimmed = name.endsWith('_') ? start : start.replace(/_$/, '');
  if (trimmed === '') return 'argument';
  if (inherited.has(trimmed)) return `${trimmed.replaceAll('__', '')}_`;
  return trimmed.length > longestKey ? withSuffix(trimmed, `_${shortHash(name)}`) : trimmed;
}

function withSuffix(key: string, suffix: string): string {
  const start =
    key.length + suffix.length > longestKey ? key.slice(0, longestKey - suffix.length).replace(/_+$/, '') : key;
  return `${start}${suffix}`;
}

function countBy(requests: readonly KeyRequest[], keyOf: (request: KeyRequest) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const request of requests) {
    const key = keyOf(request);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
