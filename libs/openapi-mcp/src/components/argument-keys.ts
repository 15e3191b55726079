import type { ParameterPlace } from '../operations/operation.js';

const longestKey = 64;
const inherited: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface KeyRequest {
  /** The name on the wire. */
  name: string;
  place: ParameterPlace | 'body';
}

/**
 * A key for each argument of a tool (openapi-to-mcp.md, section 4): of the pattern `^[a-zA-Z0-9_.-]{1,64}$`, and unique
 * in the tool. Properties of the body keep their names before parameters do.
 *
 * @returns in the order of the requests
 */
export function argumentKeys(requests: readonly KeyRequest[]): string[] {
  const taken = new Set<string>();
  const keys = new Map<KeyRequest, string>();
  const assign = (request: KeyRequest, key: string) => {
    let free = key;
    for (let count = 2; taken.has(free); count += 1) free = `${key.slice(0, longestKey - 4)}_${count}`;
    taken.add(free);
    keys.set(request, free);
  };

  const parameters = requests.filter(({ place }) => place !== 'body');
  const uses = new Map<string, number>();
  for (const { name } of requests) uses.set(safeKey(name), (uses.get(safeKey(name)) ?? 0) + 1);

  for (const request of requests) if (request.place === 'body') assign(request, safeKey(request.name));
  // Names that nobody else wants first, so that a generated one never takes them away.
  for (const request of parameters) {
    const key = safeKey(request.name);
    if (uses.get(key) === 1 && !taken.has(key)) assign(request, key);
  }
  for (const request of parameters) {
    if (keys.has(request)) continue;
    const suffix = `__${request.place}`;
    assign(request, `${safeKey(request.name).slice(0, longestKey - suffix.length)}${suffix}`);
  }
  return requests.map((request) => keys.get(request) ?? '');
}

function safeKey(name: string): string {
  if (inherited.has(name)) return `${name.replaceAll('__', '')}_`;
  const key = name.replaceAll(/[^a-zA-Z0-9_.-]+/g, '_');
  const start = name.startsWith('_') ? key : key.replace(/^_/, '');
  const trimmed = name.endsWith('_') ? start : start.replace(/_$/, '');
  return (trimmed === '' ? 'argument' : trimmed).slice(0, longestKey);
}
