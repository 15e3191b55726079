import { describe, expect, it } from 'vitest';
import { describeFailure } from './map-failure.js';

function failure(
  status: number,
  headers: Record<string, string>,
  body: string,
  { secrets = [] as string[], maxBytes = 1_000_000, statusText = '' } = {},
) {
  return describeFailure({ status, statusText, headers: new Headers(headers) }, Buffer.from(body), secrets, maxBytes);
}

describe('describeFailure', () => {
  it('calls a status what it is called, however the server spells it', () => {
    expect(failure(404, {}, '', { statusText: 'NOT FOUND' })).toBe('HTTP 404 Not Found');
    expect(failure(599, {}, '', { statusText: 'Tired' })).toBe('HTTP 599 Tired');
    expect(failure(599, {}, '')).toBe('HTTP 599');
  });

  it('shows JSON compact, also where it is called something else', () => {
    expect(failure(400, { 'content-type': 'text/plain' }, '{ "n": 1.0 }')).toBe('HTTP 400 Bad Request\n{"n":1.0}');
  });

  it('keeps text as it is', () => {
    expect(failure(500, { 'content-type': 'text/html' }, '<h1>\n oops</h1>')).toBe(
      'HTTP 500 Internal Server Error\n<h1>\n oops</h1>',
    );
  });

  it('cuts a long page', () => {
    const text = failure(500, { 'content-type': 'text/html' }, 'x'.repeat(200_000));
    expect(text.length).toBeLessThan(66_000);
    expect(text).toMatch(/xxx\nCut: the first 65536 of 200000 bytes are shown\./);
  });

  it('masks before it cuts, so that no part of a secret stays', () => {
    const text = failure(500, { 'content-type': 'text/plain' }, `${'-'.repeat(95)}the-whole-secret`, {
      secrets: ['the-whole-secret'],
      maxBytes: 100,
    });
    expect(text).toBe(`HTTP 500 Internal Server Error\n${'-'.repeat(95)}***`);
  });

  it('masks in the headers that it shows', () => {
    expect(failure(302, { location: 'https://x/?key=k%2F12345678' }, '', { secrets: ['k/12345678'] })).toBe(
      'HTTP 302 Found\nLocation: https://x/?key=***',
    );
  });

  it('stays readable where a mask breaks the JSON', () => {
    expect(failure(403, { 'content-type': 'application/json' }, '{"pin":12345678}', { secrets: ['12345678'] })).toBe(
      'HTTP 403 Forbidden\n{"pin":***}',
    );
  });
});
