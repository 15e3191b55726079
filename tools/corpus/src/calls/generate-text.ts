import type { JsonObject } from '../walk-schema.js';

const words = [
  'alpha',
  'a b',
  'x/y',
  'ümlaut',
  '50%',
  'q&a=b',
  'semi;colon',
  'plus+sign',
  'hash#tag',
  'comma,ted',
  'quo"te',
  '日本',
];

const formats: Readonly<Record<string, string>> = {
  date: '2026-01-02',
  'date-time': '2026-01-02T03:04:05Z',
  time: '03:04:05Z',
  duration: 'P1DT2H',
  email: 'someone@example.com',
  'idn-email': 'someone@example.com',
  hostname: 'host.example.com',
  'idn-hostname': 'host.example.com',
  ipv4: '192.0.2.1',
  ip: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/a?b=c',
  url: 'https://example.com/a?b=c',
  'uri-reference': '/a?b=c',
  'uri-template': '/a/{b}',
  iri: 'https://example.com/a',
  'iri-reference': '/a',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  guid: '123e4567-e89b-42d3-a456-426614174000',
  byte: 'YWJj',
  base64: 'YWJj',
  base64url: 'YWJj',
  'json-pointer': '/a/b',
  'relative-json-pointer': '1/a',
  regex: 'a+',
  binary: 'YWJj',
  int32: '5',
  int64: '5',
};

/** A text of a schema: of its format or pattern, else with characters that a careless client gets wrong. */
export function generateText(schema: JsonObject, random: () => number, matching: (pattern: string) => string): string {
  if (schema.contentEncoding === 'base64' || schema.contentEncoding === 'base64url') return 'YWJj';
  if (typeof schema.pattern === 'string') return matching(schema.pattern);
  const { format, minLength, maxLength } = schema;
  const least = typeof minLength === 'number' ? minLength : 0;
  const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY;
  const ofFormat = typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : undefined;
  const text = ofFormat ?? words[Math.floor(random() * words.length)] ?? '';
  if (text.length >= least && text.length <= most) return text;
  return 'abcdefghij'.repeat(Math.ceil(Math.min(least, 10_000) / 10) + 1).slice(0, Math.min(Math.max(least, 1), most));
}
