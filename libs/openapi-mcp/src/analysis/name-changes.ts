import { baseName, nameSources, type NameSource } from '../components/component-names.js';
import type { Component } from '../components/component.js';

/** Why a name is not what the document, or the entry, says (openapi-to-mcp.md, section 3). */
export type NameChangeReason =
  /** What is written gives no name: no Latin letters, or nothing but other characters. */
  | 'unusable'
  /** An operationId ends at its first `__`. */
  | 'cut_at_underscores'
  /** Characters that a name can't have became `_`. */
  | 'characters'
  | 'too_long'
  /** Another component of the kind has the name. */
  | 'collision';

export interface NameChange {
  /** `GET /things` */
  operation: string;
  /** As written in the document, or in `mcp_names`. */
  from: string;
  to: string;
  reasons: NameChangeReason[];
}

export interface NameReport {
  /** How many names are made from what. */
  by_source: Record<NameSource, number>;
  /** Names that differ from what they are made from, unless that is a summary or a path. */
  changed: NameChange[];
}

export function nameReport(components: readonly Component[], chosen: Readonly<Record<string, string>>): NameReport {
  const by_source = Object.fromEntries(nameSources.map((source) => [source, 0])) as Record<NameSource, number>;
  const changed: NameChange[] = [];
  for (const component of components) {
    by_source[baseName(component.operation, chosen).source] += 1;
    const change = changeOf(component, chosen);
    if (change) changed.push(change);
  }
  return { by_source, changed };
}

function changeOf({ name, operation }: Component, chosen: Readonly<Record<string, string>>): NameChange | undefined {
  const base = baseName(operation, chosen);
  const { operationId, method, path } = operation;
  const wanted = operationId !== undefined && Object.hasOwn(chosen, operationId) ? chosen[operationId] : operationId;
  const from = wanted ?? base.text;
  const isFromText = base.text === from;
  const used = base.source === 'operationId' ? (base.text.split('__')[0] ?? '') : base.text;
  const reasons: NameChangeReason[] = [];
  if (!isFromText) reasons.push('unusable');
  if (isFromText && used !== base.text) reasons.push('cut_at_underscores');
  const isId = base.source === 'operationId' || base.source === 'mcp_names';
  if (isId && isFromText && /[^A-Za-z0-9_]|__|^_|_$/.test(used)) reasons.push('characters');
  if (base.isShortened) reasons.push('too_long');
  if (name !== base.name) reasons.push('collision');
  return reasons.length === 0 ? undefined : { operation: `${method} ${path}`, from, to: name, reasons };
}
