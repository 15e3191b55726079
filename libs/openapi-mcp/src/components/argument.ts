import type { JsonObject } from '../document/json.js';
import type { KeyRequest } from './argument-keys.js';
import type { Binding } from './component.js';

/** An argument before it has a key. */
export interface Argument extends KeyRequest {
  isRequired: boolean;
  /** The client's. */
  schema: JsonObject;
  bind: (key: string) => Binding;
}

/** A schema of the document as one for clients; what it refers to is remembered. */
export type Convert = (schema: unknown, pointer: string) => JsonObject;
