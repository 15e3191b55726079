/**
 * The cycles of a directed graph: each group of nodes that reach one another, as one closed walk.
 *
 * @param graph node → the nodes that it points to
 * @returns one path for each group, its first node repeated at its end; empty if there is no cycle
 */
export function findCycles(graph: ReadonlyMap<string, Iterable<string>>): string[][] {
  const groups = stronglyConnected(graph);
  return groups.flatMap((group) => {
    const start = group[0];
    if (start === undefined) return [];
    const path = shortestWalk(graph, new Set(group), start);
    return path === undefined ? [] : [path];
  });
}

/** Tarjan's algorithm. */
function stronglyConnected(graph: ReadonlyMap<string, Iterable<string>>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const groups: string[][] = [];

  const visit = (node: string): number => {
    const own = index.size;
    let lowest = own;
    index.set(node, own);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, low.get(next) ?? index.get(next) ?? own);
    }
    low.set(node, lowest);
    if (lowest === own) groups.push(stack.splice(stack.indexOf(node)));
    return lowest;
  };

  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return groups;
}

/** Breadth first from a node back to itself, inside a group. */
function shortestWalk(
  graph: ReadonlyMap<string, Iterable<string>>,
  group: ReadonlySet<string>,
  start: string,
): string[] | undefined {
  const queue = [[start]];
  const seen = new Set<string>();
  for (const path of queue) {
    for (const next of graph.get(path.at(-1) ?? start) ?? []) {
      if (next === start) return [...path, start];
      if (!group.has(next) || seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return undefined;
}
