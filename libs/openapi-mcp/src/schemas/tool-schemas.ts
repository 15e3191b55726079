import type { Diagnostics } from '../document/diagnostics.js';
import type { JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';
import { SchemaCompletion, type SchemaRefs } from './complete-schema.js';
import { briefSchema, openSchema } from './cut-schema.js';
import type { ToolSchema } from './definitions.js';
import { SchemaConverter } from './schema-converter.js';

export type { ToolSchema } from './definitions.js';

/** What an input schema may have in all; measured on the largest public documents, whose bodies are whole with it. */
const limits = { length: 48_000, hops: 24, briefFrom: 2, brief: briefSchema, open: openSchema };

/**
 * The schemas of one document as tool inputs (openapi-to-mcp.md, section 6): JSON Schema 2020-12 without read-only
 * properties. Each referenced schema is converted once for all tools.
 *
 * @param ignoresSiblingsOfReferences as OpenAPI before 3.1 does
 */
export class ToolSchemas {
  readonly #converter: SchemaConverter;
  readonly #completion: SchemaCompletion;

  constructor(
    references: References,
    diagnostics: Diagnostics,
    ignoresSiblingsOfReferences: boolean,
    refs: SchemaRefs = 'keep',
  ) {
    this.#converter = new SchemaConverter(references, diagnostics, 'input', ignoresSiblingsOfReferences);
    this.#completion = new SchemaCompletion(this.#converter.definitions, diagnostics, refs, limits);
  }

  /** @returns the schema, its references pointing at `#/$defs/…` until it is completed */
  convert(schema: unknown, pointer: string): ToolSchema {
    return this.#converter.convert(schema, pointer);
  }

  /** @returns whether a property is one that a caller may set: no read-only one, none that allows nothing */
  isInput(schema: unknown, pointer: string): boolean {
    return !this.#converter.isHidden(schema, pointer);
  }

  /**
   * @param schema of a whole tool, made of converted ones
   * @param uses of all of those
   * @param pointer of the operation, for the diagnostic that something had to be cut
   * @returns the schema with `$defs`, or with its references replaced, within the budget of a tool
   */
  complete(schema: JsonObject, uses: Iterable<string>, pointer = ''): JsonObject {
    return this.#completion.complete(schema, uses, pointer);
  }
}
