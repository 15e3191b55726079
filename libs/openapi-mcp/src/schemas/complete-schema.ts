import type { OpenApiConfig } from '@mcp-hub/domain';
import type { Diagnostics } from '../document/diagnostics.js';
import type { JsonObject } from '../document/json.js';
import { cutAtDepth } from './cut-schema.js';
import type { Definitions } from './definitions.js';
import { inlineDefinitions } from './inline-definitions.js';
import { DefinitionKeeper, type DefinitionLimits } from './keep-definitions.js';
import { mapSubSchemas } from './sub-schemas.js';

export type SchemaRefs = OpenApiConfig['schema_refs'];

const deepestCut = 8;

/**
 * Makes schemas complete, each within a budget per tool (openapi-to-mcp.md, section 6): with the `$defs` that it
 * reaches, or with the references replaced. What is cut is open, so that nothing is refused for it; a diagnostic says so.
 */
export class SchemaCompletion {
  readonly #keeper: DefinitionKeeper;

  /** @param diagnostics where it is to be told that something was cut */
  constructor(
    private readonly definitions: Definitions,
    private readonly diagnostics: Diagnostics | undefined,
    private readonly refs: SchemaRefs,
    private readonly limits: DefinitionLimits,
  ) {
    this.#keeper = new DefinitionKeeper(definitions, limits, this.#onCut);
  }

  /** @param pointer of what the schema was made for */
  complete(schema: JsonObject, uses: Iterable<string>, pointer: string): JsonObject {
    const own = this.#fitted(schema, pointer);
    const left = this.limits.length - own.length;
    if (this.refs === 'inline') return inlineDefinitions(own.schema, this.#byName, left, this.limits.open, this.#onCut);
    const definitions = this.#keeper.definitionsFor(own.schema === schema ? uses : this.#usesOf(own.schema), left);
    return Object.keys(definitions).length === 0 ? own.schema : { ...own.schema, $defs: definitions };
  }

  readonly #byName = (name: string) => this.definitions.get(this.definitions.pointerOf(name) ?? '');

  readonly #onCut = (pointer: string): void => {
    this.diagnostics?.add('info', pointer, 'schema_cut', 'Too large to be listed whole; a part of it is left open.');
  };

  #fitted(schema: JsonObject, pointer: string): { schema: JsonObject; length: number } {
    const length = JSON.stringify(schema).length;
    if (length <= this.limits.length) return { schema, length };
    const brief = this.limits.brief(schema);
    let fitted = { schema: brief, length: JSON.stringify(brief).length };
    for (let depth = deepestCut; depth > 0 && fitted.length > this.limits.length; depth -= 1) {
      const cut = cutAtDepth(brief, depth);
      fitted = { schema: cut, length: JSON.stringify(cut).length };
    }
    this.#onCut(pointer);
    return fitted;
  }

  #usesOf(schema: JsonObject): Set<string> {
    const uses = new Set<string>();
    const visit = (node: JsonObject): JsonObject => {
      const pointer =
        typeof node.$ref === 'string' ? this.definitions.pointerOf(node.$ref.slice('#/$defs/'.length)) : undefined;
      if (pointer !== undefined) uses.add(pointer);
      mapSubSchemas(node, visit);
      return node;
    };
    visit(schema);
    return uses;
  }
}
