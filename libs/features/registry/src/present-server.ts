import { maskEntry, type ServerFailure } from '@mcp-hub/domain';
import type { McpDescription, ServerDetails, ServerListItem } from '@mcp-hub/application';

/** How an answer names the MCP endpoint of a server: a path, or an absolute URL in the split form. */
export type EndpointOf = (serverId: string) => string;

/** An entry in a list (hub-api.md, section 2). */
export function presentListItem({ record, status }: ServerListItem, endpointOf: EndpointOf): Record<string, unknown> {
  const isCallable = status.status === 'healthy' || status.status === 'degraded';
  return {
    ...maskEntry(record.entry),
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    runtime_status: status.status,
    ...(isCallable ? { mcp_endpoint: endpointOf(record.id) } : {}),
  };
}

/** One entry in full. */
export function presentDetails(details: ServerDetails, endpointOf: EndpointOf): Record<string, unknown> {
  const { record, status, instances, capabilities, spec } = details;
  const item = presentListItem(details, endpointOf);
  return {
    ...item,
    ...(spec ? { openapi_config: { ...(item['openapi_config'] as object), spec: readSpec(spec) } } : {}),
    ...(status.failure ? { error: status.failure.message, status_detail: presentFailure(status.failure) } : {}),
    ...(capabilities
      ? {
          capabilities: presentCapabilities(capabilities),
          tool_tokens: estimatedTokens(capabilities.tools),
          diagnostics: capabilities.diagnostics ?? [],
        }
      : {}),
    instances,
    generation: record.generation,
    loaded_at: status.loadedAt ?? null,
  };
}

export function presentFailure(failure: ServerFailure): Record<string, unknown> {
  const { stage, code, message, since, remedy, nextRetryAt } = failure;
  return { stage, code, message, since, remedy, next_retry_at: nextRetryAt ?? null };
}

function presentCapabilities(description: McpDescription): Record<string, unknown> {
  return {
    tools: description.tools.map(({ name, description: text }) => ({ name, description: text ?? '' })),
    resources: description.resources.map(({ uri, name }) => ({ uri, name })),
    resource_templates: description.resourceTemplates.map(({ uriTemplate, name }) => ({ uriTemplate, name })),
    prompts: description.prompts.map(({ name, description: text }) => ({ name, description: text ?? '' })),
  };
}

/** What a list costs a model, roughly: four characters of JSON make a token. */
function estimatedTokens(items: readonly object[]): number {
  return Math.ceil(JSON.stringify(items).length / 4);
}

/** As it was sent: an object, or the text of a document. */
function readSpec(content: Uint8Array): unknown {
  const text = new TextDecoder().decode(content);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
