import type {
  ListenFilter,
  McpCall,
  McpClientNotification,
  McpNotificationSink,
  McpOutcome,
} from '@mcp-hub/application';
import { FakeBackend } from '@mcp-hub/application/testing';
import { LoadFailed } from '@mcp-hub/domain';
import type { Timers } from '@mcp-hub/mcp';
import { describe, expect, it } from 'vitest';
import { aCallContext, failureOf } from '../../test/loading.js';
import { eventually } from '../../test/recording-server.js';
import { OutputLog } from './output-log.js';
import { SupervisedBackend, type LaunchedServer } from './supervised-backend.js';

/** A backend whose calls and subscriptions can be looked at. */
class Backend extends FakeBackend {
  readonly calls: McpCall[] = [];
  readonly sinks = new Map<ListenFilter, McpNotificationSink>();
  readonly told: McpClientNotification[] = [];
  outcome: McpOutcome = { kind: 'complete', result: {} };
  notify(notification: McpClientNotification): void {
    this.told.push(notification);
  }
  override async call(call?: McpCall): Promise<McpOutcome> {
    if (call) this.calls.push(call);
    return this.outcome;
  }
  override listen(filter: ListenFilter = {}, sink: McpNotificationSink = () => undefined): () => void {
    this.sinks.set(filter, sink);
    return () => this.sinks.delete(filter);
  }
}

class Server implements LaunchedServer {
  readonly backend = new Backend();
  readonly ended: Promise<string>;
  isStopped = false;
  end!: (reason: string) => void;
  constructor() {
    this.ended = new Promise((resolve) => (this.end = resolve));
  }
  async stop(): Promise<void> {
    this.isStopped = true;
    this.end('was ended by SIGTERM');
  }
}

function supervised() {
  const servers: Server[] = [];
  const pending: { ms: number; run: () => void }[] = [];
  const timers: Timers = {
    after(ms, run) {
      const timer = { ms, run };
      pending.push(timer);
      return () => void pending.splice(pending.indexOf(timer), 1);
    },
    every: () => () => undefined,
  };
  const state = { now: 0, released: 0, failure: undefined as Error | undefined, gate: Promise.resolve() };
  const output = new OutputLog({ mask: (text) => text });
  const backend = new SupervisedBackend({
    async launch() {
      await state.gate;
      if (state.failure) throw state.failure;
      const server = new Server();
      servers.push(server);
      return server;
    },
    output,
    release: async () => void (state.released += 1),
    timers,
    now: () => state.now,
  });
  const exits: Error[] = [];
  backend.onExit((reason) => exits.push(reason));
  return {
    backend,
    servers,
    output,
    exits,
    state,
    /** Lets the server crash. @returns the delay before the next start, undefined where there is none */
    async crash(reason = 'ended with exit code 1'): Promise<number | undefined> {
      servers.at(-1)?.end(reason);
      await eventually(() => pending.length > 0 || exits.length > 0);
      return pending[0]?.ms;
    },
    restart(): Promise<void> {
      const before = servers.length;
      pending.shift()?.run();
      return eventually(() => servers.length > before || pending.length > 0 || exits.length > 0);
    },
  };
}

const signal = () => AbortSignal.timeout(5_000);
const call: McpCall = { method: 'tools/call', params: { name: 'x' } };

describe('SupervisedBackend', () => {
  it('starts a crashed server again, and calls wait for it', async () => {
    const { backend, servers, crash, restart, output } = supervised();
    await backend.start(signal());
    expect(await crash()).toBe(500);
    const waiting = backend.call(call, aCallContext());
    const described = backend.describe(signal());
    await restart();
    expect(await waiting).toEqual({ kind: 'complete', result: {} });
    expect((await described).serverInfo).toEqual({ name: 'fake', version: '1' });
    expect(servers.map((server) => server.backend.calls.length)).toEqual([0, 1]);
    expect(output.lines.map(({ text }) => text)).toEqual([
      'The server ended with exit code 1. It is started again in 0.5 s.',
      'The server runs again.',
    ]);
  });

  it('treats a server that does not talk any more as crashed, and ends it', async () => {
    const { backend, servers, restart, crash } = supervised();
    await backend.start(signal());
    servers[0]?.backend.exit(new Error('closed'));
    await crash();
    expect(servers[0]?.isStopped).toBe(true);
    await restart();
    await backend.check(signal());
    expect(servers).toHaveLength(2);
  });

  it('is failed after five crashes within two minutes, with what the server printed last', async () => {
    const { backend, crash, restart, exits, output } = supervised();
    await backend.start(signal());
    output.write('stderr', 'no such file: settings.json');
    for (const delay of [500, 1_000, 2_000, 4_000]) {
      expect(await crash()).toBe(delay);
      await restart();
    }
    const last = backend.describe.bind(backend, signal());
    expect(await crash('was ended by SIGSEGV')).toBeUndefined();
    const message =
      'The server crashed 5 times within 120 s. The server was ended by SIGSEGV. It printed: no such file: settings.json';
    expect(exits).toEqual([expect.objectContaining({ code: 'crash_loop', isTransient: true, message })]);
    expect(await failureOf(last())).toBe(exits[0]);
    expect(await backend.call(call, aCallContext())).toMatchObject({
      kind: 'error',
      message,
      data: { outcome: 'not_executed', reason: 'server_gone' },
    });
  });

  it('counts a start that fails as a crash', async () => {
    const { backend, state, crash, restart, exits } = supervised();
    await backend.start(signal());
    await crash();
    state.failure = new LoadFailed('start_timeout', 'The server was not ready in time.', '');
    for (let start = 0; start < 4; start += 1) await restart();
    expect(exits[0]?.message).toBe('The server crashed 5 times within 120 s. The server was not ready in time.');
  });

  it('ends a call that is cancelled while it waits as not executed', async () => {
    const { backend, crash } = supervised();
    await backend.start(signal());
    await crash();
    const abort = new AbortController();
    const waiting = backend.call(call, aCallContext({ signal: abort.signal }));
    abort.abort();
    expect(await waiting).toMatchObject({ data: { outcome: 'not_executed', reason: 'cancelled' } });
  });

  it('gives a parked call back to the server that parked it, by the state that server gave', async () => {
    const { backend, servers } = supervised();
    await backend.start(signal());
    servers[0]!.backend.outcome = { kind: 'inputRequired', inputRequests: {}, requestState: 'parked:1' };
    const outcome = await backend.call(call, aCallContext());
    const requestState = outcome.kind === 'inputRequired' ? outcome.requestState : undefined;
    await backend.call({ ...call, params: { ...call.params, requestState } }, aCallContext());
    expect(servers[0]!.backend.calls[1]?.params).toEqual({ name: 'x', requestState: 'parked:1' });
  });

  it.each(['while it is down', 'after it was started again'])(
    'ends a parked call of a crashed server as unknown, %s',
    async (when) => {
      const { backend, servers, crash, restart } = supervised();
      await backend.start(signal());
      servers[0]!.backend.outcome = { kind: 'inputRequired', requestState: 'parked' };
      const outcome = await backend.call(call, aCallContext());
      const requestState = outcome.kind === 'inputRequired' ? outcome.requestState : undefined;
      await crash();
      if (when !== 'while it is down') await restart();
      const retry = await backend.call({ ...call, params: { ...call.params, requestState } }, aCallContext());
      expect(retry).toMatchObject({ data: { outcome: 'unknown', reason: 'server_gone' } });
    },
  );

  it('hands on what clients tell the server that runs', async () => {
    const { backend, servers, crash, restart } = supervised();
    const told = { method: 'notifications/roots/list_changed', params: {} };
    await backend.start(signal());
    await crash();
    backend.notify(told, { id: 'ann' });
    await restart();
    backend.notify(told, { id: 'ann' });
    expect(servers.map((server) => server.backend.told)).toEqual([[], [told]]);
  });

  it('keeps subscriptions over a restart', async () => {
    const { backend, servers, crash, restart } = supervised();
    const heard: string[] = [];
    const filter = { toolsListChanged: true };
    await backend.start(signal());
    const stop = backend.listen(filter, (method) => heard.push(method));
    await crash();
    await restart();
    servers[1]?.backend.sinks.get(filter)?.('notifications/tools/list_changed', {});
    expect(heard).toEqual(['notifications/tools/list_changed']);
    stop();
    expect(servers[1]?.backend.sinks.size).toBe(0);
  });

  it('ends with its server, its waiting calls and its folders', async () => {
    const { backend, servers, state, exits, crash } = supervised();
    await backend.start(signal());
    await crash();
    const waiting = backend.call(call, aCallContext());
    await Promise.all([backend.close(), backend.close()]);
    expect(await waiting).toMatchObject({ data: { outcome: 'not_executed', reason: 'server_gone' } });
    expect(servers[0]?.isStopped).toBe(true);
    expect(state.released).toBe(1);
    expect(exits).toEqual([]);
  });

  it('stops a server that comes up while it is being closed', async () => {
    const { backend, servers, state, crash, restart } = supervised();
    let open = (): void => undefined;
    await backend.start(signal());
    await crash();
    state.gate = new Promise((resolve) => (open = resolve));
    void restart();
    const closing = backend.close();
    open();
    await closing;
    expect(servers.map(({ isStopped }) => isStopped)).toEqual([true, true]);
    expect(state.released).toBe(1);
  });

  it('leaves nothing when the first start fails', async () => {
    const { backend, state } = supervised();
    state.failure = new LoadFailed('crashed', 'The server ended.', '');
    expect(await failureOf(backend.start(signal()))).toBe(state.failure);
    expect(state.released).toBe(1);
  });
});
