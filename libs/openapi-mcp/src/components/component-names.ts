import type { Operation } from '../operations/operation.js';
import { shortHash } from './short-hash.js';

const longestName = 64;

/** Components of different kinds may share a name: MCP lists each kind apart. */
export interface NameRequest {
  /** Names are unique within it. */
  namespace: string;
  operation: Operation;
}

export const nameSources = ['mcp_names', 'operationId', 'summary', 'path'] as const;
export type NameSource = (typeof nameSources)[number];

/** The name that an operation would have if it were alone. */
export interface BaseName {
  name: string;
  source: NameSource;
  /** What the name is made from, as written. */
  text: string;
  isShortened: boolean;
}

/**
 * A name for each operation (openapi-to-mcp.md, section 3): unique in its namespace, of the characters `[A-Za-z0-9_]`,
 * at most 64 long, and independent of the order of the operations.
 *
 * @param chosen names by operationId (`mcp_names`)
 * @returns in the order of the requests
 */
export function nameComponents(requests: readonly NameRequest[], chosen: Readonly<Record<string, string>>): string[] {
  const names = new Map<NameRequest, string>();
  const groups = new Map<string, Candidate[]>();
  for (const request of requests) {
    const group = groups.get(request.namespace) ?? [];
    group.push({ request, base: baseName(request.operation, chosen) });
    groups.set(request.namespace, group);
  }
  for (const group of groups.values()) nameGroup(group, names);
  return requests.map((request) => names.get(request) ?? '');
}

interface Candidate {
  request: NameRequest;
  base: BaseName;
}

function nameGroup(candidates: readonly Candidate[], names: Map<NameRequest, string>): void {
  const uses = new Map<string, { chosen: number; other: number }>();
  for (const { base } of candidates) {
    const use = uses.get(base.name) ?? { chosen: 0, other: 0 };
    use[base.source === 'mcp_names' ? 'chosen' : 'other'] += 1;
    uses.set(base.name, use);
  }
  // What the entry asks for is given before what the document happens to say.
  const ownsName = ({ base }: Candidate) => {
    const { chosen = 0, other = 0 } = uses.get(base.name) ?? {};
    return base.source === 'mcp_names' ? chosen === 1 : other === 1 && chosen === 0;
  };
  const owners = candidates.filter(ownsName);
  for (const { request, base } of owners) names.set(request, base.name);
  const taken = new Set(owners.map(({ base }) => base.name));
  const clashing = candidates
    .filter((candidate) => !ownsName(candidate))
    .map((candidate) => ({ ...candidate, identity: identityOf(candidate.request.operation) }))
    // Sorted, so that a clash among generated names has one outcome as well.
    .sort((a, b) => (a.identity < b.identity ? -1 : 1));
  for (const { request, base, identity } of clashing) {
    let name = withSuffix(base.name, shortHash(identity));
    for (let count = 2; taken.has(name); count += 1) name = withSuffix(base.name, shortHash(`${identity} ${count}`));
    names.set(request, name);
    taken.add(name);
  }
}

function identityOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

/** The first source that gives a name: `mcp_names`, operationId up to `__`, summary, `METHOD_path`. */
export function baseName(operation: Operation, chosen: Readonly<Record<string, string>>): BaseName {
  const { operationId, summary, method, path } = operation;
  const wanted = operationId !== undefined && Object.hasOwn(chosen, operationId) ? chosen[operationId] : undefined;
  const sources: { source: NameSource; text: string | undefined; used?: string | undefined }[] = [
    { source: 'mcp_names', text: wanted },
    { source: 'operationId', text: operationId, used: operationId?.split('__')[0] },
    { source: 'summary', text: summary },
    { source: 'path', text: `${method} ${path}` },
  ];
  for (const { source, text, used = text } of sources) {
    if (text === undefined || used === undefined || hasNonLatinLetters(used)) continue;
    const name = toNameCharacters(used);
    if (name !== '') return { name: shorten(name), source, text, isShortened: isLong(name) };
  }
  const name = toNameCharacters(`${method}_${path}_${shortHash(path)}`);
  return { name: shorten(name), source: 'path', text: `${method} ${path}`, isShortened: isLong(name) };
}

/** They would all become `_`, and different names one. */
function hasNonLatinLetters(text: string): boolean {
  return /(?=\p{L})\P{Script=Latin}/u.test(text);
}

function toNameCharacters(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .replaceAll(/_+/g, '_')
    .replaceAll(/^_|_$/g, '');
}

function isLong(name: string): boolean {
  return name.length > longestName;
}

function shorten(name: string): string {
  return isLong(name) ? withSuffix(name, shortHash(name)) : name;
}

function withSuffix(name: string, suffix: string): string {
  return `${name.slice(0, longestName - suffix.length - 1).replace(/_$/, '')}_${suffix}`;
}
