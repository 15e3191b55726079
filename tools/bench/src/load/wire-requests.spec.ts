import { expect, it } from 'vitest';
import { countTool, echoTool, type Target } from './target.js';
import { httpRequest, legacyCall, modernCall, modernFetch, sessionHeaders } from './wire-requests.js';

const target: Target = { port: 80, path: '/servers/x/mcp', dialect: 'modern', call: echoTool() };

/** Headers by lower-case name, and the message. */
function parse(bytes: Buffer): { headers: Map<string, string>; body: unknown; told: number; length: number } {
  const [head = '', body = ''] = bytes.toString().split('\r\n\r\n');
  const headers = new Map(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => {
        const at = line.indexOf(': ');
        return [line.slice(0, at).toLowerCase(), line.slice(at + 2)];
      }),
  );
  const told = Number(headers.get('content-length'));
  return { headers, body: JSON.parse(body) as unknown, told, length: Buffer.byteLength(body) };
}

it('writes a call as a client of 2026-07-28 does', () => {
  const { headers, body, told, length } = parse(modernCall(target).next());
  expect([headers.get('mcp-protocol-version'), headers.get('mcp-method'), headers.get('mcp-name')]).toEqual([
    '2026-07-28',
    'tools/call',
    'echo',
  ]);
  expect(body).toMatchObject({ method: 'tools/call', params: { name: 'echo', arguments: { message: 'hello, hub' } } });
  expect(told).toBe(length);
});

it('gives each request another id, and nothing else', () => {
  const request = modernCall(target);
  const first = request.next().toString();
  const firstId = request.id;
  const second = request.next().toString();
  expect(request.id).toBe(firstId + 1);
  expect(second).toBe(first.replace(`"id":${firstId}`, `"id":${request.id}`));
});

it('asks for progress only where some is expected', () => {
  const meta = (request: ReturnType<typeof modernCall>): unknown => parse(request.next()).body;
  expect(meta(modernCall({ ...target, call: countTool }))).toHaveProperty('params._meta.progressToken');
  expect(meta(modernCall(target))).not.toHaveProperty('params._meta.progressToken');
  expect(meta(legacyCall({ ...target, call: countTool }, []))).toHaveProperty('params._meta.progressToken');
  expect(meta(legacyCall(target, []))).not.toHaveProperty('params._meta');
});

it('names the session in a call of the legacy era', () => {
  const { headers, body } = parse(legacyCall(target, sessionHeaders('abc')).next());
  expect(headers.get('mcp-session-id')).toBe('abc');
  expect(headers.get('mcp-protocol-version')).toBe('2025-11-25');
  expect(body).not.toHaveProperty('params._meta');
});

it('gives the same call to fetch', () => {
  const { headers, body } = modernFetch(echoTool('other'));
  expect(headers).toContainEqual(['Mcp-Name', 'other']);
  expect(JSON.parse(body)).toMatchObject({ method: 'tools/call', params: { name: 'other' } });
});

it('writes a request without a body', () => {
  expect(httpRequest(target, 'DELETE', ['A: b'])).toBe(
    'DELETE /servers/x/mcp HTTP/1.1\r\nHost: 127.0.0.1:80\r\nUser-Agent: mcp-hub-bench\r\nA: b\r\n\r\n',
  );
});
