import type { JsonObject } from '../document/json.js';
import type { BodyContent, Operation, Parameter } from '../operations/operation.js';
import type { Credential } from './security.js';

/** Where an argument goes. */
export type Binding =
  | { key: string; place: 'parameter'; parameter: Parameter }
  /** A property of the body; of a multipart body perhaps bytes, or a list of such (`decodeFile`). */
  | { key: string; place: 'property'; name: string; isRequired: boolean; isBinary?: boolean }
  /** The whole body, perhaps bytes (`decodeFile`). */
  | { key: string; place: 'body'; isBinary?: boolean }
  /** Chooses among the media types of the body. */
  | { key: string; place: 'content-type' };

/** One argument with where it goes. */
export interface BoundArgument {
  binding: Binding;
  value: unknown;
}

/** What all components have: all it takes to send the request of their operation. Plain data: it may cross to a thread. */
export interface ComponentBase {
  name: string;
  operation: Operation;
  /** What the arguments are checked against: of a tool, what is listed. */
  inputSchema: JsonObject;
  bindings: ReadonlyMap<string, Binding>;
  /** The media types that this component can send, the preferred one first; several only where the caller chooses. */
  bodies: readonly BodyContent[];
  isBodyRequired: boolean;
  /** Unknown arguments are properties of the body. */
  hasOpenBody: boolean;
  /** Absolute; without query, fragment or a slash at its end. */
  serverUrl: string;
  credentials: readonly Credential[];
}

export interface ToolComponent extends ComponentBase {
  kind: 'tool';
  /** As `tools/list` shows it. */
  listed: JsonObject;
  /** As listed, where one is: results then carry `structuredContent`. */
  outputSchema?: JsonObject;
}

export interface ResourceComponent extends ComponentBase {
  kind: 'resource';
  uri: string;
  /** As `resources/list` shows it. */
  listed: JsonObject;
}

export interface ResourceTemplateComponent extends ComponentBase {
  kind: 'template';
  /** `resource://name/{p}{?a,b}` (RFC 6570). */
  uriTemplate: string;
  /** As `resources/templates/list` shows it. */
  listed: JsonObject;
}

export type Component = ToolComponent | ResourceComponent | ResourceTemplateComponent;
