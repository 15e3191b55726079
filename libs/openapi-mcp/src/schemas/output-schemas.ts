import type { OpenApiConfig } from '@mcp-hub/domain';
import type { Diagnostics } from '../document/diagnostics.js';
import type { JsonObject } from '../document/json.js';
import type { References } from '../document/references.js';
import type { Operation } from '../operations/operation.js';
import { SchemaCompletion, type SchemaRefs } from './complete-schema.js';
import { briefSchema, openSchema } from './cut-schema.js';
import type { ToolSchema } from './definitions.js';
import { LenientConverter } from './lenient-converter.js';
import { lenientBrief } from './lenient-words.js';
import { verdictOn } from './object-schema.js';
import { SchemaConverter } from './schema-converter.js';

export interface OutputSchema {
  /** Its root is `type: object`, as MCP demands. */
  schema: JsonObject;
  /** Whether what the API declares is under `result`. */
  isWrapped: boolean;
}

export interface OutputSchemaOptions {
  output_schemas: OpenApiConfig['output_schemas'];
  schema_refs: SchemaRefs;
  /** As OpenAPI before 3.1 does. */
  ignoresSiblingsOfReferences: boolean;
}

const limits = {
  lenient: { length: 12_000, hops: 3, briefFrom: 2, brief: lenientBrief, open: () => ({}) },
  strict: { length: 24_000, hops: 24, briefFrom: 2, brief: briefSchema, open: openSchema },
};

/**
 * What tools say about their results (openapi-to-mcp.md, section 6). `lenient`: names, nesting and words, and any
 * object is valid; `strict`: the schema as declared, less its write-only properties; `off`: nothing.
 */
export class OutputSchemas {
  readonly #completion: SchemaCompletion | undefined;
  readonly #convert: (schema: unknown, pointer: string) => ToolSchema;

  constructor(
    private readonly references: References,
    diagnostics: Diagnostics,
    options: OutputSchemaOptions,
  ) {
    const mode = options.output_schemas;
    const converter =
      mode === 'strict'
        ? new SchemaConverter(references, diagnostics, 'output', options.ignoresSiblingsOfReferences)
        : new LenientConverter(references);
    this.#convert = (schema, pointer) => converter.convert(schema, pointer);
    if (mode === 'off') return;
    // That a lenient schema ends somewhere is what it is, nothing to be told of the document.
    const told = mode === 'strict' ? diagnostics : undefined;
    this.#completion = new SchemaCompletion(converter.definitions, told, options.schema_refs, limits[mode]);
  }

  /** @returns undefined where the response that counts declares no JSON, or nothing about it */
  schemaFor({ response, pointer }: Operation): OutputSchema | undefined {
    const content = response?.contents.find(({ kind }) => kind === 'json');
    if (!this.#completion || !content) return undefined;
    const verdict = verdictOn(content.schema, content.schemaPointer, this.references);
    const root = this.references.follow(content.schema, content.schemaPointer);
    if (!root || verdict === 'unknown') return undefined;
    const isWrapped = verdict === 'other';
    const { schema, uses } = isWrapped
      ? this.#convert(content.schema, content.schemaPointer)
      : this.#convert(root.value, root.pointer);
    const complete = isWrapped ? { type: 'object', properties: { result: schema } } : asObject(schema);
    return { schema: this.#completion.complete(complete, uses, pointer), isWrapped };
  }
}

/** The same with a root that only objects fit, whatever else it allows. */
function asObject(schema: JsonObject): JsonObject {
  const { type: _, ...rest } = schema;
  return { type: 'object', ...rest };
}
