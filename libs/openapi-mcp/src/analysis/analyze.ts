import { schemesFound, serversFound, type SchemeFound, type ServerFound } from './access-found.js';
import { bytesOf, estimatedTokens, listCost, type ListCost } from './list-cost.js';
import { nameReport, type NameReport } from './name-changes.js';
import { exclusionSuggestions, readingSuggestions, type RouteSuggestion } from './route-suggestions.js';
import type { Component } from '../components/component.js';
import { convertInto } from '../components/convert-document.js';
import type { ConversionOptions } from '../components/conversion.js';
import { accountingCodes, diagnosticCodes, type DiagnosticCode } from '../document/diagnostic-codes.js';
import { Diagnostics, type Diagnostic } from '../document/diagnostics.js';
import type { OpenApiDocument } from '../document/load-document.js';
import { References } from '../document/references.js';
import type { Operation } from '../operations/operation.js';
import { documentDefaults } from '../operations/document-defaults.js';

export interface CodeCount {
  code: DiagnosticCode;
  /** What the code means. */
  meaning: string;
  count: number;
}

export interface SkippedOperation {
  /** `GET /things`; none where it could not be read. */
  operation?: string;
  pointer: string;
  code: DiagnosticCode;
  message: string;
}

/** What would be made of a document, as `POST /v0/analyze` and `analyze-openapi` tell it. Plain data. */
export interface AnalysisReport {
  document: { title: string; version: string; openapi: string };
  /** Why the document can't be published as it is, and what to set; everything else is told as if that were done. */
  problem?: string;
  /** Operations that were read. */
  operations: number;
  tools: ListCost;
  resources: ListCost;
  resource_templates: ListCost;
  largest_tools: { name: string; operation: string; bytes: number; tokens: number }[];
  skipped: { count: number; by_code: CodeCount[]; operations: SkippedOperation[] };
  names: NameReport;
  suggestions: {
    /** Maps that make resources of what can be read. */
    reading: RouteSuggestion[];
    /** Maps that leave a group out; only where the list of tools is too large for a model. */
    exclude: RouteSuggestion[];
  };
  security_schemes: SchemeFound[];
  servers: ServerFound[];
  /** Everything, counted; of each code the first ones. */
  diagnostics: { by_code: CodeCount[]; first: Diagnostic[] };
}

const largestTools = 10;
const diagnosticsPerCode = 20;
/** Stands for a server that is still to be set; nothing is sent to it. */
const placeholderServer = 'http://localhost';

/** Converts a document and tells what came of it (hub-api.md, section 4, `analyze-openapi`). */
export function analyze(document: OpenApiDocument, options: ConversionOptions): AnalysisReport {
  const attempt = convertReporting(document, options);
  const usable = attempt.converted.ok
    ? attempt
    : convertReporting(document, { ...options, base_url: placeholderServer, server_variables: {} });
  const { converted, found } = usable;
  const { components, operations } = converted.ok ? converted : { components: [], operations: [] };
  const sized = components.map((component) => ({ component, bytes: bytesOf(component.listed) }));
  const ofKind = (kind: Component['kind']) => sized.filter(({ component }) => component.kind === kind);
  const tools = ofKind('tool');
  const references = new References(document.root, new Diagnostics(), document.externals);
  const defaults = documentDefaults(document, references, options.documentUrl);
  const servers = {
    ...(options.documentUrl === undefined ? {} : { documentUrl: options.documentUrl }),
    variables: options.server_variables,
  };
  return {
    document: { title: document.title, version: document.apiVersion, openapi: document.version },
    ...(attempt.converted.ok ? {} : { problem: attempt.converted.message }),
    operations: operations.length,
    tools: costOf(tools),
    resources: costOf(ofKind('resource')),
    resource_templates: costOf(ofKind('template')),
    largest_tools: [...tools]
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, largestTools)
      .map(({ component: { name, operation }, bytes }) => ({
        name,
        operation: routeOf(operation),
        bytes,
        tokens: estimatedTokens(bytes),
      })),
    skipped: skippedOf(found, operations),
    names: nameReport(components, options.mcp_names ?? {}),
    suggestions: { reading: readingSuggestions(tools), exclude: exclusionSuggestions(tools) },
    security_schemes: schemesFound(defaults, operations, references),
    servers: serversFound(defaults, servers),
    diagnostics: { by_code: countByCode(found), first: firstOfEach(found) },
  };
}

function convertReporting(document: OpenApiDocument, options: ConversionOptions) {
  const diagnostics = new Diagnostics(Infinity);
  const converted = convertInto(document, options, diagnostics);
  return { converted, found: diagnostics.list() };
}

function costOf(sized: readonly { bytes: number }[]): ListCost {
  return listCost(sized.map(({ bytes }) => bytes));
}

function routeOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

function skippedOf(found: readonly Diagnostic[], operations: readonly Operation[]): AnalysisReport['skipped'] {
  const routes = new Map(operations.map((operation) => [operation.pointer, routeOf(operation)]));
  const skipped = found.filter(({ code }) => accountingCodes.has(code));
  return {
    count: skipped.length,
    by_code: countByCode(skipped),
    operations: skipped.map(({ pointer, code, message }) => {
      const operation = routes.get(pointer);
      return { ...(operation === undefined ? {} : { operation }), pointer, code, message };
    }),
  };
}

function countByCode(found: readonly Diagnostic[]): CodeCount[] {
  const counts = new Map<DiagnosticCode, number>();
  for (const { code } of found) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .map(([code, count]) => ({ code, meaning: diagnosticCodes[code], count }))
    .sort((a, b) => b.count - a.count);
}

function firstOfEach(found: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map<DiagnosticCode, number>();
  return found.filter(({ code }) => {
    const count = (seen.get(code) ?? 0) + 1;
    seen.set(code, count);
    return count <= diagnosticsPerCode;
  });
}
