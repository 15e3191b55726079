import type { JsonObject } from './json.js';
import type { Operation, Parameter, RequestBody } from './operation.js';
import type { Credential } from './security.js';

/** Where an argument goes. */
export type Binding =
  | { key: string; place: 'parameter'; parameter: Parameter }
  /** A property of the body. */
  | { key: string; place: 'property'; name: string; isRequired: boolean }
  /** The whole body. */
  | { key: string; place: 'body' };

/** One argument with where it goes. */
export interface BoundArgument {
  binding: Binding;
  value: unknown;
}

/** One operation as an MCP tool, with all it takes to call it. */
export interface ToolComponent {
  name: string;
  /** As `tools/list` shows it. */
  tool: JsonObject;
  inputSchema: JsonObject;
  operation: Operation;
  bindings: ReadonlyMap<string, Binding>;
  body?: RequestBody;
  /** Unknown arguments are properties of the body. */
  hasOpenBody: boolean;
  /** Absolute; without query, fragment or a slash at its end. */
  serverUrl: string;
  credentials: readonly Credential[];
}
