import { LostRequest, NotSent, type RawTransport } from '@mcp-hub/mcp';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Bridge } from './bridge.js';

type Message = Parameters<RawTransport['send']>[0];

/** One end of a connection: keeps what it is sent, and says what a test wants. */
class ScriptedTransport implements RawTransport {
  onmessage: RawTransport['onmessage'];
  onclose: RawTransport['onclose'];
  onerror: RawTransport['onerror'];
  readonly sent: Message[] = [];
  version = '';
  isClosed = false;
  failure: Error | undefined;

  async start(): Promise<void> {}
  async send(message: Message): Promise<void> {
    this.sent.push(message);
    if (this.failure) throw this.failure;
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
  setProtocolVersion(version: string): void {
    this.version = version;
  }
}

const modernMeta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
const initialize: Message = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18' } };
const modernCall: Message = { jsonrpc: '2.0', id: 'x', method: 'tools/call', params: { name: 'a', _meta: modernMeta } };

let client: ScriptedTransport;
let legacy: ScriptedTransport;
let modern: ScriptedTransport;
let opened: string[];
let trouble: string[];
let ended: Promise<void>;

beforeEach(() => {
  client = new ScriptedTransport();
  legacy = new ScriptedTransport();
  modern = new ScriptedTransport();
  opened = [];
  trouble = [];
  const bridge = new Bridge({
    client,
    connect: (era) => {
      opened.push(era);
      return era === 'modern' ? modern : legacy;
    },
    onTrouble: (text) => void trouble.push(text),
  });
  ended = bridge.run();
});

const say = (message: Message): void => client.onmessage?.(message);
const arrived = (transport: ScriptedTransport, messages: Message[]): Promise<void> =>
  vi.waitFor(() => expect(transport.sent).toEqual(messages));

describe('the way to the hub', () => {
  it('passes a handshake on as it is, and opens nothing else', async () => {
    say(initialize);
    await arrived(legacy, [initialize]);
    expect(opened).toEqual(['legacy']);
  });

  it('passes requests in the modern envelope to the modern endpoint', async () => {
    say(modernCall);
    await arrived(modern, [modernCall]);
    expect(opened).toEqual(['modern']);
  });

  it('passes a cancellation to where the request is', async () => {
    const cancelled: Message = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'x' } };
    say(modernCall);
    say(cancelled);
    await arrived(modern, [modernCall, cancelled]);
  });

  it('keeps what a hasty client sends before its handshake is answered until then, in order', async () => {
    const rest: Message[] = [
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/list' },
    ];
    for (const message of [initialize, ...rest]) say(message);
    await arrived(legacy, [initialize]);
    legacy.onmessage?.({ jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-06-18' } });
    await arrived(legacy, [initialize, ...rest]);
    expect(legacy.version).toBe('2025-06-18');
  });

  it('lets everything go where the handshake could not be carried', async () => {
    legacy.failure = new NotSent('connect ECONNREFUSED');
    const list: Message = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    say(initialize);
    say(list);
    await arrived(legacy, [initialize, list]);
    await vi.waitFor(() => expect(client.sent.map((one) => 'id' in one && one.id)).toEqual([1, 2]));
  });

  it("passes the client's answers to the legacy session that asked", async () => {
    say(initialize);
    await arrived(legacy, [initialize]);
    legacy.onmessage?.({ jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-06-18' } });
    const answer: Message = { jsonrpc: '2.0', id: 'of-the-hub', result: { action: 'decline' } };
    say(answer);
    await arrived(legacy, [initialize, answer]);
  });
});

describe('the way back', () => {
  it('passes answers, notifications and requests of the hub on', async () => {
    say(initialize);
    await arrived(legacy, [initialize]);
    const messages: Message[] = [
      { jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-06-18' } },
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed' },
      { jsonrpc: '2.0', id: 'q', method: 'roots/list' },
    ];
    for (const message of messages) legacy.onmessage?.(message);
    await arrived(client, messages);
  });

  it('has the revision that was negotiated said with every request', async () => {
    say(initialize);
    await arrived(legacy, [initialize]);
    legacy.onmessage?.({ jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-03-26' } });
    await vi.waitFor(() => expect(legacy.version).toBe('2025-03-26'));
  });

  it.each([
    [new NotSent('connect ECONNREFUSED'), 'not_executed'],
    [new LostRequest('The answer broke off.', { outcome: 'unknown', reason: 'server_gone' }), 'unknown'],
  ])('answers a request that could not be carried: %s', async (failure, outcome) => {
    modern.failure = failure;
    say(modernCall);
    const message = `The hub did not answer: ${failure.message}`;
    await arrived(client, [{ jsonrpc: '2.0', id: 'x', error: { code: -32_000, message, data: { outcome } } }]);
    expect(trouble).toEqual([failure.message]);
  });

  it('answers a request once, also where the hub breaks off after its answer', async () => {
    say(modernCall);
    await arrived(modern, [modernCall]);
    const answer: Message = { jsonrpc: '2.0', id: 'x', result: {} };
    modern.onmessage?.(answer);
    modern.onerror?.(new Error('The connection broke off.'));
    await arrived(client, [answer]);
    expect(trouble).toEqual(['The connection broke off.']);
  });
});

it('closes what it opened when the client is done', async () => {
  say(initialize);
  await arrived(legacy, [initialize]);
  client.onclose?.();
  await ended;
  expect([legacy.isClosed, modern.isClosed]).toEqual([true, false]);
});
