import { expect } from 'vitest';
import { metaKey } from '../../../src/wire/protocol.js';
import { eventually } from '../../support/fixtures.js';
import type { Cell, Checks, Json } from '../cell.js';
import { answersIn, callsSeen, joining, play, same } from './play.js';

const form = {
  method: 'elicitation/create',
  params: { mode: 'form', message: 'Which?', requestedSchema: { type: 'object', properties: {} } },
};
const canElicit = { elicitation: { form: {} }, sampling: {} };
const accepted = { action: 'accept', content: {} };
const log = (level: string): Json => ({ level, logger: 'l', data: { said: level }, _meta: { 'com.example/log': 1 } });
const logged = ['debug', 'error'].map((level) => ({ tell: { method: 'notifications/message', params: log(level) } }));

function methodsOf(told: Json[]): unknown[] {
  return told.map(({ method }) => method);
}

/** Resolves when the server's script has come to where it holds. */
function holding(cell: Cell, client: Awaited<ReturnType<Cell['connect']>>, name: string) {
  let isHolding = false;
  const controller = new AbortController();
  const steps = [{ tell: { method: 'notifications/com.example/holds' } }, { hold: name }];
  const done = play(cell, client, { steps }, { signal: controller.signal, onTold: () => (isHolding = true) });
  return { done, controller, started: eventually(() => isHolding, 'the call to hold') };
}

export const duringCallChecks: Checks = {
  progress: async (cell) => {
    const client = await cell.connect();
    const steps = [1, 2, 3].map((progress) => ({
      progress: { progress, total: 3, message: `Schritt ${progress}`, 'x-unknown': 1, _meta: { 'com.example/p': 1 } },
    }));
    const meta = { progressToken: 'my token' };
    const { told, result } = await play(cell, client, { steps }, { meta });
    expect(result).toBeDefined();
    const expected = steps.map(({ progress }) => ({ progressToken: 'my token', ...progress }));
    return same(
      told.map(({ params }) => params),
      expected,
    );
  },

  'progress-unasked': async (cell) => {
    const client = await cell.connect();
    const { told } = await play(cell, client, { steps: [{ progress: { progress: 1 } }] });
    expect(told).toEqual([]);
    return 'absent';
  },

  'notification-order': async (cell) => {
    const client = await cell.connect();
    const steps = Array.from({ length: 30 }, (_, n) => ({
      tell: { method: 'notifications/com.example/n', params: { n } },
    }));
    const { told, result } = await play(cell, client, { steps });
    expect(result).toBeDefined();
    return same(
      told.map(({ params }) => (params as Json)['n']),
      steps.map((_, n) => n),
    );
  },

  'log-level': async (cell) => {
    const client = await cell.connect();
    const severe = await play(cell, client, { steps: logged }, { logLevel: 'warning' });
    expect(severe.told).toEqual([{ jsonrpc: '2.0', method: 'notifications/message', params: log('error') }]);
    if (cell.server === 'legacy') {
      const levels = (await cell.scripted.journal()).filter(({ method }) => method === 'logging/setLevel');
      // Whoever asks for what: one server serves all.
      expect(levels.map(({ params }) => params)).toEqual([{ level: 'debug' }]);
      return 'translated';
    }
    const [call] = await callsSeen(cell);
    expect((call?.params?.['_meta'] as Json)[metaKey.logLevel]).toBe('warning');
    return joining(cell);
  },

  'log-default': async (cell) => {
    const client = await cell.connect();
    const { told } = await play(cell, client, { steps: logged });
    if (told.length === 0) return 'absent';
    return same(
      told.map(({ params }) => params),
      [log('debug'), log('error')],
    );
  },

  'cancel-by-client': async (cell) => {
    const client = await cell.connect();
    const { done, controller, started } = holding(cell, client, cell.unique);
    await started;
    controller.abort();
    await done;
    const [call] = await callsSeen(cell);
    let how: string | undefined;
    await eventually(async () => {
      const seen = await cell.scripted.journal();
      const ending = seen.find(({ method, params }) => isEnding(method) && params?.['requestId'] === call?.id);
      how = ending?.method;
      return ending !== undefined;
    }, 'the server to learn of it');
    await cell.scripted.release(cell.unique);
    const sent = cell.client === 'legacy' ? 'notifications/cancelled' : 'probe/stream-closed';
    return how === sent ? 'crosses' : 'translated';
  },

  'cancel-by-server': async (cell) => {
    const client = await cell.connect(canElicit);
    if (cell.server === 'modern') {
      const cancelled = { method: 'notifications/cancelled', params: { requestId: 'it' } };
      const exchange = await play(
        cell,
        client,
        { steps: [{ ask: { it: form } }] },
        {
          answer: async () => {
            await cell.scripted.emit(cancelled);
            return { result: accepted };
          },
        },
      );
      expect([exchange.told, answersIn(exchange)]).toEqual([[], { it: { result: accepted } }]);
      return 'absent';
    }
    let told: Json | undefined;
    const script = { steps: [{ askAndWithdraw: { it: form }, until: cell.unique }] };
    const exchange = await play(cell, client, script, {
      onTold: (message) => (told = message),
      answer: async () => {
        await cell.scripted.release(cell.unique);
        if (cell.client === 'modern') return { result: accepted };
        await eventually(() => told !== undefined, 'the client to be told');
        return undefined;
      },
    });
    expect(answersIn(exchange)).toEqual({});
    if (cell.client === 'modern') return 'absent';
    expect(methodsOf(exchange.told)).toEqual(['notifications/cancelled']);
    return same((told?.['params'] as Json)['requestId'], exchange.askedIds[0]);
  },

  'progress-by-client': async (cell) => {
    const client = await cell.connect(canElicit);
    const progressToken = `t-${cell.unique}`;
    const sampling = {
      method: 'sampling/createMessage',
      params: { messages: [], maxTokens: 1, ...(cell.server === 'legacy' && { _meta: { progressToken } }) },
    };
    const sampled = { role: 'assistant', model: 'm', content: { type: 'text', text: 'hi' } };
    const exchange = await play(
      cell,
      client,
      { steps: [{ ask: { it: sampling } }] },
      {
        answer: async ({ params }) => {
          const token = (params['_meta'] as Json | undefined)?.['progressToken'];
          if (token !== undefined) {
            await client.notify('notifications/progress', { progressToken: token, progress: 1, message: 'thinking' });
          }
          return { result: sampled };
        },
      },
    );
    expect(answersIn(exchange)).toEqual({ it: { result: sampled } });
    const seen = (await cell.scripted.journal()).filter(({ method }) => method === 'notifications/progress');
    const mine = seen.filter(({ params }) => params?.['progressToken'] === progressToken);
    if (mine.length === 0) return 'absent';
    return same(
      mine.map(({ params }) => params),
      [{ progressToken, progress: 1, message: 'thinking' }],
    );
  },

  'two-callers': async (cell) => {
    const other = await cell.connect(canElicit);
    const client = await cell.connect(canElicit);
    const held = holding(cell, other, cell.unique);
    await held.started;
    const script = { steps: [{ ask: { it: form } }] };
    const exchange = await play(cell, client, script, { answer: () => ({ result: accepted }) });
    await cell.scripted.release(cell.unique);
    expect((await held.done).asked).toEqual([]);
    const { it } = answersIn(exchange) as { it: { result?: Json; error?: { code: number; message: string } } };
    if (it.error) {
      expect(it.error.message).toContain('isolation: session');
      return { refused: it.error.code, to: 'server' };
    }
    expect(it.result).toEqual(accepted);
    return joining(cell);
  },

  'log-two-callers': async (cell) => {
    const other = await cell.connect();
    const client = await cell.connect();
    const held = holding(cell, other, cell.unique);
    await held.started;
    const { told } = await play(cell, client, { steps: logged }, { logLevel: 'error' });
    await cell.scripted.release(cell.unique);
    expect(methodsOf((await held.done).told)).not.toContain('notifications/message');
    if (told.length === 0) return 'absent';
    return same(
      told.map(({ params }) => params),
      [log('error')],
    );
  },

  'extension-notification-in-call': async (cell) => {
    const client = await cell.connect();
    const tell = { method: 'notifications/com.example/step', params: { a: [1], _meta: { 'com.example/b': 1 } } };
    const { told } = await play(cell, client, { steps: [{ tell }] });
    return same(told, [{ jsonrpc: '2.0', ...tell }]);
  },
};

function isEnding(method: string | undefined): boolean {
  return method === 'notifications/cancelled' || method === 'probe/stream-closed';
}
