export { analyze, type AnalysisReport } from './analysis/analyze.js';
export { draftEntry, type DraftedEntry, type DraftOptions } from './analysis/draft-entry.js';
export { AccessTokens, type AccessTokensParts } from './calls/access-tokens.js';
export { maxAnswerBytes, type CallContext } from './calls/api-exchange.js';
export type { CallTimers } from './calls/call-timers.js';
export {
  ComponentCaller,
  defaultMaxResultBytes,
  type CallerOptions,
  type CallerParts,
  type ReadResult,
  type ToolCall,
} from './calls/component-caller.js';
export { causeOf } from './calls/network-causes.js';
export { convertDocument } from './components/convert-document.js';
export { addressOf, resourceAddress } from './components/resource-address.js';
export type { Conversion, ConversionOptions } from './components/conversion.js';
export { loadExternalDocuments, type ExternalDocumentOptions } from './document/load-external-documents.js';
export { loadDocument, type LoadedDocument, type OpenApiDocument } from './document/load-document.js';
export type { CallResult } from './response/call-result.js';
export { serializeResult } from './response/serialize-result.js';
export type {
  Component,
  ComponentBase,
  ResourceComponent,
  ResourceTemplateComponent,
  ToolComponent,
} from './components/component.js';
export { diagnosticCodes } from './document/diagnostic-codes.js';
export type { Diagnostic } from './document/diagnostics.js';
export type { Fetch, FetchedResponse, FetchOptions } from './calls/fetch.js';
