import type { Operation } from '../operations/operation.js';

const longestName = 64;

/**
 * A name for each operation (openapi-to-mcp.md, section 3): unique, of the characters `[A-Za-z0-9_]`, at most 64 long,
 * and independent of the order of the operations.
 *
 * @param chosen names by operationId (`mcp_names`)
 * @returns in the order of the operations
 */
export function nameTools(operations: readonly Operation[], chosen: Readonly<Record<string, string>>): string[] {
  const bases = operations.map((operation) => baseName(operation, chosen));
  const uses = new Map<string, number>();
  for (const base of bases) uses.set(base, (uses.get(base) ?? 0) + 1);

  const names = new Map<Operation, string>();
  const taken = new Set<string>();
  const clashing: { operation: Operation; base: string; identity: string }[] = [];
  operations.forEach((operation, index) => {
    const base = bases[index] ?? '';
    if (uses.get(base) === 1) {
      names.set(operation, base);
      taken.add(base);
    } else {
      clashing.push({
        operation,
        base,
        identity: `${operation.method} ${operation.path}`,
      });
    }
  });
  // Sorted, so that a clash among generated names has one outcome as well.
  clashing.sort((a, b) => (a.identity < b.identity ? -1 : 1));
  for (const { operation, base, identity } of clashing) {
    let name = withSuffix(base, shortHash(identity));
    for (let count = 2; taken.has(name); count += 1) name = withSuffix(base, shortHash(`${identity} ${count}`));
    names.set(operation, name);
    taken.add(name);
  }
  return operations.map((operation) => names.get(operation) ?? '');
}

function baseName(operation: Operation, chosen: Readonly<Record<string, string>>): string {
  const { operationId, summary, method, path } = operation;
  const sources = [
    operationId !== undefined && Object.hasOwn(chosen, operationId) ? chosen[operationId] : undefined,
    operationId?.split('__')[0],
    summary,
    `${method}_${path}`,
  ];
  for (const source of sources) {
    if (source === undefined || /(?=\p{L})\P{Script=Latin}/u.test(source)) continue;
    const name = toNameCharacters(source);
    if (name !== '') return shorten(name);
  }
  return shorten(toNameCharacters(`${method}_${path}_${shortHash(path)}`));
}

function toNameCharacters(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .replaceAll(/_+/g, '_')
    .replaceAll(/^_|_$/g, '');
}

function shorten(name: string): string {
  return name.length <= longestName ? name : withSuffix(name, shortHash(name));
}

function withSuffix(name: string, suffix: string): string {
  return `${name.slice(0, longestName - suffix.length - 1).replace(/_$/, '')}_${suffix}`;
}

/** FNV-1a: short and stable, it need not be secure. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36).padStart(7, '0');
}
