import type { ConversionOptions } from './conversion.js';
import type { JsonObject } from '../document/json.js';
import type { Operation } from '../operations/operation.js';

/** The key of `_meta` that holds a component's tags. */
export const tagsKey = 'mcp-hub-registry/tags';

export type ComponentChanges = ConversionOptions['mcp_component_fn'];

/** What every list shows of a component beside its name (openapi-to-mcp.md, section 3). */
export interface Listing {
  title?: string;
  description: string;
  _meta?: JsonObject;
}

/** @param tags of the operation and its route map */
export function listingOf(operation: Operation, tags: readonly string[], changes: ComponentChanges): Listing {
  const { method, path, summary, description, isDeprecated } = operation;
  const text = description ?? summary ?? `${method} ${path}`;
  const allTags = [...new Set([...tags, ...(changes?.add_tags ?? [])])];
  return {
    ...(summary === undefined ? {} : { title: summary }),
    description: isDeprecated ? `Deprecated. ${text}` : text,
    ...(allTags.length > 0 ? { _meta: { [tagsKey]: allTags } } : {}),
  };
}

/** @returns the texts that are given, one space between them */
export function joined(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join(' ');
}
