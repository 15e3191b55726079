import type { JsonObject } from '../document/json.js';

/**
 * The representation between document and components: one operation, references resolved down to its schemas. It is
 * the same for every version of OpenAPI and for Swagger 2.0; each `pointer` leads back into the document as it was
 * given (RFC 6901; with the other document's URL and `#` before it where an operation came from there).
 */
export interface Operation {
  pointer: string;
  /** Upper case. */
  method: string;
  /** The template, as in the document. */
  path: string;
  /** What the request's path is made from, where it is not `path`: without the query parameters that this one spells. */
  template?: string;
  operationId?: string;
  summary?: string;
  description?: string;
  tags: string[];
  isDeprecated: boolean;
  parameters: Parameter[];
  body?: RequestBody;
  /** The response that counts (openapi-to-mcp.md, section 6); none where no success is declared. */
  response?: SuccessResponse;
  /** Media types of all successful responses. */
  responseTypes: string[];
  /** Of the operation, else of its path; the document's own are not repeated here. */
  servers: unknown[];
  /** Undefined where the document's applies. */
  security?: unknown[];
}

/** `querystring` is OpenAPI 3.2's: the whole query as one value. */
export const parameterPlaces = ['path', 'query', 'querystring', 'header', 'cookie'] as const;
export type ParameterPlace = (typeof parameterPlaces)[number];

/** `tabDelimited` is Swagger 2.0's `collectionFormat: tsv`. */
export const parameterStyles = [
  'simple',
  'label',
  'matrix',
  'form',
  'spaceDelimited',
  'pipeDelimited',
  'tabDelimited',
  'deepObject',
  'cookie',
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
  /** OpenAPI's `allowEmptyValue`: the empty string is sent whatever the schema says. */
  allowsEmptyValue?: boolean;
  /** Declared by `content`: how its value becomes text before it is put in its place. */
  content?: { mediaType: string; kind: ContentKind };
  /** A path parameter that keeps its slashes (`{+name}`, `x-multi-segment`). */
  isMultiSegment: boolean;
  schema: unknown;
  schemaPointer: string;
}

/** How content of a media type is made from arguments, and read from an answer. */
export type ContentKind = 'json' | 'form' | 'multipart' | 'text' | 'binary';

export interface MediaContent {
  mediaType: string;
  kind: ContentKind;
  schema: unknown;
  schemaPointer: string;
}

export interface RequestBody {
  isRequired: boolean;
  description?: string;
  /** At least one; the preferred one first (openapi-to-mcp.md, section 4, "Bodies"). */
  contents: BodyContent[];
}

export interface BodyContent extends MediaContent {
  /** By property; of `form` and `multipart` only. Swagger 2.0's `collectionFormat` of form fields ends here too. */
  encoding: ReadonlyMap<string, PropertyEncoding>;
}

/** OpenAPI's Encoding Object. What is not said is undefined: defaults differ by kind of body and by version. */
export interface PropertyEncoding {
  contentType?: string;
  style?: ParameterStyle;
  isExploded?: boolean;
  allowsReserved?: boolean;
  /** Fixed values of headers of the part: from `default`, `const` or a single `enum` of their schemas. */
  headers?: Readonly<Record<string, string>>;
}

export interface SuccessResponse {
  pointer: string;
  /** As declared: `200`, `2XX`, `default`. */
  status: string;
  description?: string;
  /** JSON first; empty where nothing is declared. */
  contents: MediaContent[];
}

/** The document's own defaults, for operations that do not say otherwise. */
export interface DocumentDefaults {
  servers: unknown[];
  security?: unknown[];
  /** `components.securitySchemes`, or Swagger 2.0's `securityDefinitions` in OpenAPI 3's shape. */
  securitySchemes: JsonObject;
}
