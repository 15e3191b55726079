import type { JsonObject } from './json.js';

/** The representation between document and tools: one operation, references resolved down to its schemas. */
export interface Operation {
  pointer: string;
  /** Upper case. */
  method: string;
  /** The template, as in the document. */
  path: string;
  operationId?: string;
  summary?: string;
  description?: string;
  tags: string[];
  isDeprecated: boolean;
  parameters: Parameter[];
  body?: RequestBody;
  /** Media types of the successful responses. */
  responseTypes: string[];
  /** Of the operation, else of its path; the document's own are not repeated here. */
  servers: unknown[];
  /** Undefined where the document's applies. */
  security?: unknown[];
}

export const parameterPlaces = ['path', 'query', 'header', 'cookie'] as const;
export type ParameterPlace = (typeof parameterPlaces)[number];

export const parameterStyles = [
  'simple',
  'label',
  'matrix',
  'form',
  'spaceDelimited',
  'pipeDelimited',
  'deepObject',
] as const;
export type ParameterStyle = (typeof parameterStyles)[number];

export interface Parameter {
  pointer: string;
  name: string;
  place: ParameterPlace;
  isRequired: boolean;
  description?: string;
  style: ParameterStyle;
  isExploded: boolean;
  allowsReserved: boolean;
  /** Sent as JSON text: the parameter is declared by `content`. */
  isJson: boolean;
  /** A path parameter that keeps its slashes (`{+name}`, `x-multi-segment`). */
  isMultiSegment: boolean;
  schema: unknown;
  schemaPointer: string;
}

export type BodyKind = 'json' | 'form' | 'text' | 'binary';

export interface RequestBody {
  isRequired: boolean;
  description?: string;
  mediaType: string;
  kind: BodyKind;
  schema: unknown;
  schemaPointer: string;
}

/** The document's own defaults, for operations that do not say otherwise. */
export interface DocumentDefaults {
  servers: unknown[];
  security?: unknown[];
  securitySchemes: JsonObject;
}
