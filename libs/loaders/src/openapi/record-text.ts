import type { Diagnostic, McpIdentity } from '@mcp-hub/application';
import type { ModelSummary } from './thread/thread-messages.js';

/**
 * The `McpDescription` of a model as JSON, put together from lists that are text already.
 *
 * @param remarks before those of the conversion, of which there may be many
 */
export function recordText(
  identity: McpIdentity,
  { lists, diagnostics }: Pick<ModelSummary, 'lists' | 'diagnostics'>,
  remarks: readonly Diagnostic[],
): Uint8Array {
  const text = (value: string): Uint8Array => Buffer.from(value);
  const all = [inner(text(JSON.stringify(remarks))), inner(diagnostics)].filter(({ length }) => length > 0);
  const parts = [
    text(`${JSON.stringify(identity).slice(0, -1)},`),
    ...[lists.tools, lists.resources, lists.resourceTemplates].flatMap((list) => [inner(list), text(',')]),
    text('"prompts":[],"diagnostics":['),
    ...all.flatMap((part, index) => (index === 0 ? [part] : [text(','), part])),
    text(']}'),
  ];
  return Buffer.concat(parts);
}

/** Of an object or array, without the brackets around it. */
function inner(json: Uint8Array): Uint8Array {
  return json.subarray(1, -1);
}
