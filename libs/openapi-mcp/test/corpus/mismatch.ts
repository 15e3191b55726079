import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../../src/document/json.js';
import type { Component } from '../../src/components/component.js';
import type { CaseRequest } from './corpus-case.js';
import type { RecordedRequest } from './recording-server.js';

/** Something that is not as a case says. */
export interface Mismatch {
  /** `calls[0].requests[0].url` */
  what: string;
  expected: unknown;
  actual: unknown;
}

export function compare(what: string, expected: unknown, actual: unknown): Mismatch[] {
  return isDeepStrictEqual(expected, actual) ? [] : [{ what, expected, actual }];
}

/** As JSON would carry it: without members that are undefined, and without prototypes. */
export function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** What of a component a case sees: its kind, and everything that clients do. */
export function seenBy(component: Component): JsonObject {
  return asJson({ kind: component.kind, ...component.listed }) as JsonObject;
}

/** Members that a case leaves out are not compared, unless it says `exact: true`; null means that one must be absent. */
export function compareComponents(expected: readonly JsonObject[], components: readonly Component[]): Mismatch[] {
  const actual = components.map(seenBy);
  const nameOf = ({ kind, name }: JsonObject): string => `${String(kind)} ${String(name)}`;
  if (actual.length !== expected.length) {
    return [{ what: 'components', expected: expected.map(nameOf), actual: actual.map(nameOf) }];
  }
  return expected.flatMap(({ exact, ...members }, index) => {
    const found = actual[index] ?? {};
    if (exact === true) return compare(`components[${index}]`, members, found);
    return Object.entries(members).flatMap(([key, value]) =>
      compare(`components[${index}].${key}`, value, Object.hasOwn(found, key) ? found[key] : null),
    );
  });
}

export function compareRequests(
  at: string,
  expected: readonly CaseRequest[],
  actual: readonly RecordedRequest[],
): Mismatch[] {
  if (expected.length !== actual.length) {
    const expectedLines = expected.map(({ method, url }) => `${method} ${url}`);
    return [{ what: at, expected: expectedLines, actual: actual.map(({ method, url }) => `${method} ${url}`) }];
  }
  return expected.flatMap((request, index) => {
    const received = actual[index];
    return received ? compareRequest(`${at}[${index}]`, request, received) : [];
  });
}

function compareRequest(at: string, expected: CaseRequest, actual: RecordedRequest): Mismatch[] {
  const boundary = /boundary="?([^";]+)"?/.exec(actual.headers.get('content-type')?.[0] ?? '')?.[1];
  const filled = (text: string): string => (boundary === undefined ? text : text.replaceAll('{boundary}', boundary));
  return [
    ...compare(`${at}.method`, expected.method, actual.method),
    ...compare(`${at}.url`, expected.url, actual.url),
    ...compare(`${at}.origin`, expected.origin ?? 'http://upstream', actual.origin),
    ...Object.entries(expected.headers ?? {}).flatMap(([name, value]) => {
      const values = actual.headers.get(name.toLowerCase()) ?? [];
      return compare(`${at}.headers.${name}`, value === null ? [] : [filled(value)], values);
    }),
    ...(expected.body_base64 === undefined
      ? compare(`${at}.body`, filled(expected.body ?? ''), bodyText(actual.body))
      : compare(`${at}.body_base64`, expected.body_base64, actual.body.toString('base64'))),
  ];
}

/** Bytes that are no UTF-8 never equal the text of a case. */
function bodyText(body: Buffer): string {
  const text = body.toString('utf8');
  return Buffer.from(text, 'utf8').equals(body) ? text : `base64 ${body.toString('base64')}`;
}

/** The text of a result, all parts of it. */
export function textOf(result: unknown): string {
  const content = isObject(result) && Array.isArray(result.content) ? (result.content as unknown[]) : [];
  return content.map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : '')).join('\n');
}
