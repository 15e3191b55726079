import type { Defect } from './document-report.js';
import { isObject, type JsonObject } from './walk-schema.js';

/** As much of a component as is looked at. */
export interface CheckedComponent {
  kind: string;
  name: string;
  inputSchema: JsonObject;
  operation: { pointer: string };
}

/**
 * Every operation is a component, or a diagnostic names it or the path that it is under.
 *
 * @param declared pointers to all operations
 * @param onSkipped is told the code of each that is no component
 */
export function lostOperations(
  declared: readonly string[],
  components: readonly CheckedComponent[],
  diagnostics: readonly { pointer: string; code: string; severity: string }[],
  onSkipped: (code: string) => void,
): Defect[] {
  const found = new Set(components.map(({ operation }) => operation.pointer));
  const named = new Map<string, string>();
  for (const { pointer, code, severity } of diagnostics) {
    if (severity !== 'info' && !named.has(pointer)) named.set(pointer, code);
  }
  return declared.flatMap((pointer): Defect[] => {
    if (found.has(pointer)) return [];
    const code = named.get(pointer) ?? named.get(pointer.slice(0, pointer.lastIndexOf('/')));
    if (code === undefined) return [{ kind: 'operation lost', where: pointer }];
    onSkipped(code);
    return [];
  });
}

export function checkNames(components: readonly CheckedComponent[]): Defect[] {
  const seen = new Set<string>();
  return components.flatMap(({ kind, name, operation }): Defect[] => {
    const key = `${kind} ${name}`;
    const isTaken = seen.has(key);
    seen.add(key);
    const where = operation.pointer;
    return [
      ...(/^[A-Za-z0-9_-]{1,64}$/.test(name) ? [] : [{ kind: 'name invalid' as const, where, detail: name }]),
      ...(isTaken ? [{ kind: 'name not unique' as const, where, detail: name }] : []),
    ];
  });
}

const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export function checkKeys({ name, inputSchema }: CheckedComponent): Defect[] {
  return Object.keys(isObject(inputSchema.properties) ? inputSchema.properties : {})
    .filter((key) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(key) || reserved.has(key))
    .map((key): Defect => ({ kind: 'key invalid', where: name, detail: key }));
}
