import type { Component, Conversion, OpenApiDocument } from '@mcp-hub/openapi-mcp';
import type { ModelSummary } from './thread-messages.js';

/** What of the diagnostics is worth a line each in a log. */
const maxRemarks = 50;

/** All that there is to tell of a conversion, its lists written once. */
export function summaryOf(
  { title, apiVersion }: OpenApiDocument,
  { components, diagnostics }: Extract<Conversion, { ok: true }>,
): ModelSummary {
  const tools = components.filter(({ kind }) => kind === 'tool');
  const resources = components.filter(({ kind }) => kind === 'resource');
  const resourceTemplates = components.filter(({ kind }) => kind === 'template');
  return {
    title,
    version: apiVersion,
    tools: tools.map(({ name, listed }) => ({ name, annotations: listed.annotations })),
    resourceCount: resources.length,
    templateCount: resourceTemplates.length,
    lists: {
      tools: list('tools', tools),
      resources: list('resources', resources),
      resourceTemplates: list('resourceTemplates', resourceTemplates),
    },
    diagnostics: jsonBytes(diagnostics),
    diagnosticCount: diagnostics.length,
    remarks: diagnostics.slice(0, maxRemarks),
  };
}

function list(name: string, components: readonly Component[]): Uint8Array {
  return jsonBytes({ [name]: components.map(({ listed }) => listed) });
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
