export { ToolCaller, causeOf, type CallerOptions, type ToolCall } from './tool-caller.js';
export { convertDocument, type Conversion, type ConversionOptions } from './convert-document.js';
export { loadDocument, type LoadedDocument, type OpenApiDocument } from './load-document.js';
export type { CallResult } from './map-response.js';
export type { ToolComponent } from './component.js';
export type { Diagnostic } from './diagnostics.js';
export type { Fetch, FetchedResponse, FetchOptions } from './fetch.js';
