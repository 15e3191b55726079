import { annotationsOf } from './annotations.js';
import { buildArguments } from './build-arguments.js';
import type { ToolComponent } from './component.js';
import { joined, listingOf, type ComponentChanges } from './listing.js';
import type { Credential } from './security.js';
import type { Diagnostics } from '../document/diagnostics.js';
import type { References } from '../document/references.js';
import type { Operation } from '../operations/operation.js';
import type { OutputSchemas } from '../schemas/output-schemas.js';
import type { ToolSchemas } from '../schemas/tool-schemas.js';

export interface ComponentParts {
  name: string;
  operation: Operation;
  /** Absolute. */
  serverUrl: string;
  credentials: readonly Credential[];
  /** Of the operation and its route map. */
  tags: readonly string[];
}

/** What is shared by all components of a document. */
export interface ComponentContext {
  references: References;
  schemas: ToolSchemas;
  outputs: OutputSchemas;
  changes: ComponentChanges;
  diagnostics: Diagnostics;
}

/** One operation as a tool: arguments, schemas, description, hints (openapi-to-mcp.md, sections 3, 4 and 6). */
export function buildTool({ tags, ...parts }: ComponentParts, context: ComponentContext): ToolComponent {
  const { name, operation } = parts;
  const args = buildArguments(parts, context.references, context.schemas, context.diagnostics);
  const outputSchema = context.outputs.schemaFor(operation)?.schema;
  const { title, description, _meta } = listingOf(operation, tags, context.changes);
  return {
    ...parts,
    ...args,
    ...(outputSchema && { outputSchema }),
    kind: 'tool',
    listed: {
      name,
      ...(title === undefined ? {} : { title }),
      description: joined(context.changes?.prefix_tools, description),
      inputSchema: args.inputSchema,
      ...(outputSchema && { outputSchema }),
      annotations: annotationsOf(operation.method),
      ...(_meta && { _meta }),
    },
  };
}
