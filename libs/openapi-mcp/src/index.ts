export { ToolCaller, causeOf, type CallerOptions, type ToolCall } from './calls/tool-caller.js';
export { convertDocument } from './components/convert-document.js';
export type { Conversion, ConversionOptions } from './components/conversion.js';
export { loadDocument, type LoadedDocument, type OpenApiDocument } from './document/load-document.js';
export type { CallResult } from './response/map-response.js';
export type {
  Component,
  ComponentBase,
  ResourceComponent,
  ResourceTemplateComponent,
  ToolComponent,
} from './components/component.js';
export type { Diagnostic } from './document/diagnostics.js';
export type { Fetch, FetchedResponse, FetchOptions } from './calls/fetch.js';
