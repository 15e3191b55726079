import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '@mcp-hub/test-servers';
import { hostileEntry, serve } from '../src/hostile-entries.js';
import { HostileRemote } from '../src/hostile-remote.js';
import { Hub } from '../src/hub.js';
import { modernRequest, type ModernAnswer } from '../src/modern-request.js';
import { proves } from '../src/requirements.js';

let hub: Hub;
let remote: HostileRemote;
const served: string[] = [];
beforeAll(async () => {
  hub = await Hub.underTest();
  remote = await HostileRemote.start();
});
afterAll(async () => {
  for (const id of served) await hub.remove(id);
  await remote.close();
});

async function start(entry: Record<string, unknown>): Promise<string> {
  served.push(String(entry['id']));
  return serve(hub, entry);
}

const call = (url: string, name: string): Promise<ModernAnswer> => modernRequest(url, 'tools/call', { name });
const dataOf = ({ message }: ModernAnswer): Record<string, unknown> | undefined => message.error?.data;

describe('a server with more calls than it may have', () => {
  it(proves('ISO-1'), async () => {
    const limits = { max_concurrency: 2, call_timeout: 4 };
    const url = await start(hostileEntry('module', 'overloaded', remote, limits));
    const begunAt = performance.now();
    const calls = Array.from({ length: 6 }, async () => {
      const answer = await call(url, 'hang');
      return { ...dataOf(answer), afterMs: performance.now() - begunAt };
    });
    const outcomes = await Promise.all(calls);
    const refused = outcomes.filter((data) => 'reason' in data && data['reason'] === 'overloaded');
    expect(refused).toHaveLength(2);
    for (const data of refused) {
      expect(data).toMatchObject({ outcome: 'not_executed', retry_after: 2 });
      expect(data.afterMs).toBeLessThan(3_000);
    }
    expect(outcomes.filter((data) => 'reason' in data && data['reason'] === 'timeout')).toHaveLength(4);
  });

  it(proves('ISO-1', 'anything but a call of a tool is refused with 503 and Retry-After'), async () => {
    const url = await start(
      hostileEntry('module', 'overloaded-lists', remote, { max_concurrency: 1, call_timeout: 4 }),
    );
    const calls = [call(url, 'hang'), call(url, 'hang')];
    const refused = await waitUntil(
      async () => {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            'mcp-protocol-version': '2026-07-28',
            'mcp-method': 'tools/list',
          },
          body: JSON.stringify({
            jsonrpc: '2.0',
            id: 1,
            method: 'tools/list',
            params: {
              _meta: {
                'io.modelcontextprotocol/protocolVersion': '2026-07-28',
                'io.modelcontextprotocol/clientCapabilities': {},
              },
            },
          }),
        });
        return response.status === 503 ? response : undefined;
      },
      { timeoutMs: 3_000, describe: 'a list is refused' },
    );
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toMatchObject({ id: 1, error: { data: { outcome: 'not_executed', retry_after: 2 } } });
    await Promise.all(calls);
  });
});

describe('a server that does not answer', () => {
  it(proves('ISO-2'), async () => {
    const url = await start(hostileEntry('remote', 'silent', remote, { call_timeout: 1 }));
    const before = new Date().toISOString();
    const first = await Promise.all(Array.from({ length: 5 }, () => call(url, 'mute')));
    for (const answer of first) expect(dataOf(answer)).toMatchObject({ outcome: 'unknown', reason: 'timeout' });
    const begunAt = performance.now();
    expect(dataOf(await call(url, 'mute'))).toMatchObject({
      outcome: 'not_executed',
      reason: 'circuit_open',
      retry_after: expect.any(Number) as unknown,
    });
    expect(performance.now() - begunAt).toBeLessThan(1_000);

    const { status_detail: detail, error } = await hub.whenStatus('silent', 'degraded');
    expect(detail).toMatchObject({
      code: 'upstream_unreachable',
      stage: 'calls',
      message: error,
      remedy: expect.stringContaining('log') as unknown,
    });
    const { since, next_retry_at: nextTry } = detail as { since: string; next_retry_at: string };
    expect(since > before && since < nextTry).toBe(true);
    const { body } = await hub.api('/v0/status');
    expect((body['servers'] as Record<string, unknown>)['silent']).toMatchObject({
      status: 'degraded',
      error,
      status_detail: { code: 'upstream_unreachable' },
    });

    await remote.recover();
    expect((await hub.whenStatus('silent', 'healthy', 40_000))['status_detail']).toBeUndefined();
    expect((await call(url, 'echo')).message.result).toMatchObject({ content: [{ text: 'echo' }] });
  });

  it(proves('ISO-2', 'one tool that hangs does not cut off the others'), async () => {
    const url = await start(hostileEntry('module', 'partly-silent', remote, { call_timeout: 1 }));
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(Array.from({ length: 6 }, () => call(url, 'hang')));
      expect((await call(url, 'echo')).message.result).toMatchObject({ content: [{ text: 'echo' }] });
    }
    expect((await hub.whenStatus('partly-silent', 'healthy'))['status_detail']).toBeUndefined();
  });
});
