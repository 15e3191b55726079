import { isObject, own, ownArray, ownObject, pointerTo, type JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';

/** More schemas than this for one value, and checking it is no matter of milliseconds any more. */
const highestCost = 100_000;

interface Vertex {
  index: number;
  lowest: number;
  /** Set once it is complete: vertices of one group lead to one another. */
  group?: number;
  cost: number;
  edges: Edge[];
  next: number;
}

interface Edge {
  node: JsonObject;
  pointer: string;
}

/**
 * Which schemas apply to the same value as another one does: what it refers to, parts, variants, conditions; not
 * properties or items. Documents have circles there (a base that lists its subtypes, each made of the base), and a
 * validator would follow them for ever; Tarjan's algorithm finds them, each schema visited once.
 */
export class CompositionGraph {
  readonly #vertices = new WeakMap<JsonObject, Vertex>();
  #count = 0;

  /** @param followsBases whether references that are parts of an `allOf` count */
  constructor(
    private readonly references: References,
    private readonly followsBases: boolean,
  ) {}

  /** Whether two schemas, the one leading to the other, lead back as well; a schema does where it leads to itself. */
  isCircle(from: JsonObject, to: JsonObject, pointer: string): boolean {
    const group = this.#visit(to, pointer).group;
    return this.#vertices.get(from)?.group === group;
  }

  /** Whether so many schemas apply to one value that a validator would take too long. */
  isCostly(node: JsonObject, pointer: string): boolean {
    return this.#visit(node, pointer).cost > highestCost;
  }

  #visit(root: JsonObject, pointer: string): Vertex {
    const known = this.#vertices.get(root);
    if (known) return known;
    const path: [JsonObject, Vertex][] = [];
    const open: [JsonObject, Vertex][] = [];
    const enter = (node: JsonObject, at: string): Vertex => {
      const index = (this.#count += 1);
      const vertex: Vertex = { index, lowest: index, cost: 1, edges: this.#edges(node, at), next: 0 };
      this.#vertices.set(node, vertex);
      path.push([node, vertex]);
      open.push([node, vertex]);
      return vertex;
    };
    const first = enter(root, pointer);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const [, vertex] = top;
      const edge = vertex.edges[vertex.next];
      vertex.next += 1;
      if (!edge) {
        path.pop();
        this.#leave(vertex, path.at(-1)?.[1], open);
        continue;
      }
      const target = this.#vertices.get(edge.node);
      if (!target) enter(edge.node, edge.pointer);
      else if (target.group === undefined) vertex.lowest = Math.min(vertex.lowest, target.index);
      else vertex.cost = Math.min(vertex.cost + target.cost, highestCost + 1);
    }
    return first;
  }

  #leave(vertex: Vertex, parent: Vertex | undefined, open: [JsonObject, Vertex][]): void {
    vertex.edges = [];
    if (vertex.lowest === vertex.index) {
      for (let last = open.pop(); last; last = open.pop()) {
        last[1].group = vertex.index;
        if (last[1] === vertex) break;
        vertex.cost = Math.min(vertex.cost + last[1].cost, highestCost + 1);
      }
    }
    if (!parent) return;
    parent.lowest = Math.min(parent.lowest, vertex.lowest);
    if (vertex.group !== undefined) parent.cost = Math.min(parent.cost + vertex.cost, highestCost + 1);
  }

  #edges(node: JsonObject, pointer: string): Edge[] {
    const found: Edge[] = [];
    const add = (schema: unknown, at: string) => {
      if (isObject(schema)) found.push({ node: schema, pointer: at });
    };
    if (typeof own(node, '$ref') === 'string') {
      const target = this.references.follow(node, pointer);
      if (target) add(target.value, target.pointer);
    }
    for (const key of ['allOf', 'anyOf', 'oneOf']) {
      ownArray(node, key).forEach((part, index) => {
        const isBase = key === 'allOf' && isObject(part) && typeof own(part, '$ref') === 'string';
        if (!isBase || this.followsBases) add(part, pointerTo(pointer, key, index));
      });
    }
    for (const key of ['then', 'else']) add(own(node, key), pointerTo(pointer, key));
    for (const [key, schema] of Object.entries(ownObject(node, 'dependentSchemas'))) {
      add(schema, pointerTo(pointer, 'dependentSchemas', key));
    }
    return found;
  }
}
