import { expect } from 'vitest';
import { metaKey } from '../../../src/wire/protocol.js';
import { eventually } from '../../support/fixtures.js';
import type { Cell, Check, Checks, Json } from '../cell.js';
import type { MatrixClient } from '../client/matrix-client.js';
import { joining, play, same } from './play.js';

const marker = 'notifications/prompts/list_changed';

/** A notification without the subscription that it came by. */
function unframed({ jsonrpc: _, ...message }: Json): Json {
  const params = message['params'] as Json | undefined;
  if (!params) return message;
  const { [metaKey.subscriptionId]: __, ...meta } = (params['_meta'] ?? {}) as Json;
  return { ...message, params: { ...params, _meta: meta } };
}

/** Has the server send something when nobody asked, and tells what the client heard of it, and what it heard in all. */
async function heard(cell: Cell, client: MatrixClient, message: Json): Promise<{ it: Json[]; all: Json[] }> {
  const last = { method: marker, params: { _meta: { 'com.example/marker': cell.unique } } };
  await cell.scripted.emit(message, last);
  const isLast = (event: Json): boolean => JSON.stringify(event).includes(cell.unique) && event['method'] === marker;
  await eventually(() => client.events.some(isLast), 'what was sent last');
  const all = client.events.map(unframed);
  return { it: all.filter(({ method }) => method === message['method'] && method !== marker), all };
}

const listChanges =
  (method: string): Check =>
  async (cell) => {
    const client = await cell.connect();
    const message = { method, params: { _meta: { 'com.example/a': cell.unique }, 'x-unknown': 1 } };
    if (method === marker) {
      await cell.scripted.emit(message);
      await eventually(() => client.events.some((event) => event['method'] === method), 'the change');
      same(
        client.events.map(unframed).filter((event) => event['method'] === method),
        [message],
      );
      return joining(cell);
    }
    const { it } = await heard(cell, client, message);
    expect(it).toEqual([message]);
    return joining(cell);
  };

/** What is dropped on the way, or is not defined where it would be sent. */
const dropped =
  (message: Json): Check =>
  async (cell) => {
    const client = await cell.connect({ elicitation: { form: {}, url: {} } });
    const { it } = await heard(cell, client, message);
    if (it.length === 0) return 'absent';
    return same(it, [unframed(message)]);
  };

export const outsideCallChecks: Checks = {
  'tools-list-changed': listChanges('notifications/tools/list_changed'),
  'prompts-list-changed': listChanges(marker),
  'resources-list-changed': listChanges('notifications/resources/list_changed'),

  'resource-updated': async (cell) => {
    const client = await cell.connect();
    const uri = `test://${cell.unique}`;
    const subscribed = await client.subscribe(uri);
    if (subscribed) expect(subscribed).toMatchObject({ result: {} });
    const seen = () => cell.scripted.journal();
    const isAbout = (params: Json | undefined): boolean => JSON.stringify(params ?? {}).includes(uri);
    await eventually(async () => (await seen()).some(({ params }) => isAbout(params)), 'the subscription');
    const message = {
      method: 'notifications/resources/updated',
      params: { uri, title: 'T', _meta: { 'com.example/a': 1 } },
    };
    const { it } = await heard(cell, client, message);
    expect(it).toEqual([message]);
    const subscription = (await seen()).find(({ params }) => isAbout(params));
    await client.unsubscribe(uri);
    await eventually(async () => {
      const ends = (await seen()).filter(({ method, params }) =>
        cell.server === 'legacy'
          ? method === 'resources/unsubscribe' && isAbout(params)
          : params?.['requestId'] === subscription?.id,
      );
      return ends.length === 1;
    }, 'the subscription to end');
    return joining(cell);
  },

  'logs-outside-calls': dropped({
    method: 'notifications/message',
    params: { level: 'error', data: 'Boom', _meta: {} },
  }),
  'elicitation-complete': async (cell) => {
    const client = await cell.connect({ elicitation: { form: {}, url: {} } });
    const other = await cell.connect({ elicitation: { form: {}, url: {} } });
    const elicitationId = `c-${cell.unique}`;
    const params = { mode: 'url', message: 'Sign in', url: 'https://example.com/', elicitationId };
    const script = { steps: [{ ask: { it: { method: 'elicitation/create', params } } }] };
    const exchange = await play(cell, client, script, { answer: () => ({ result: { action: 'accept' } }) });
    expect(exchange.asked).toHaveLength(1);
    const message = { method: 'notifications/elicitation/complete', params: { elicitationId, _meta: {} } };
    const { it } = await heard(cell, client, message);
    expect(other.events.map((event) => event['method'])).not.toContain(message.method);
    if (it.length === 0) return 'absent';
    return same(it, [message]);
  },
  'extension-notification-outside': dropped({
    method: 'notifications/com.example/news',
    params: { a: [1], _meta: { 'com.example/b': 1 } },
  }),

  'roots-list-changed': async (cell) => {
    const client = await cell.connect({ roots: { listChanged: true } });
    expect(await client.notify('notifications/roots/list_changed')).toBe(202);
    await client.notify('notifications/com.example/after', { check: cell.unique });
    await eventually(
      async () => (await cell.scripted.journal()).some(({ params }) => params?.['check'] === cell.unique),
      'what was sent last',
    );
    const seen = await cell.scripted.journal();
    expect(seen.map(({ method }) => method)).not.toContain('notifications/roots/list_changed');
    return 'absent';
  },

  'extension-notification-by-client': async (cell) => {
    const client = await cell.connect();
    const params = { check: cell.unique, a: [1], _meta: { 'com.example/b': 1 } };
    expect(await client.notify('notifications/com.example/from-client', params)).toBe(202);
    let got: Json | undefined;
    await eventually(async () => {
      got = (await cell.scripted.journal()).find((one) => one.params?.['check'] === cell.unique)?.params;
      return got !== undefined;
    }, 'the notification');
    const { _meta, ...rest } = got ?? {};
    expect(_meta).toMatchObject(params._meta);
    return same(rest, { check: cell.unique, a: [1] });
  },

  'input-outside-calls': async (cell) => {
    const client = await cell.connect({ elicitation: { form: {} } });
    const params = { mode: 'form', message: cell.unique, requestedSchema: { type: 'object', properties: {} } };
    if (cell.server === 'legacy') {
      // Nothing else may be in flight when it comes, also not a question about the journal.
      const { it } = await heard(cell, client, { isRequest: true, method: 'elicitation/create', params });
      expect(it).toEqual([]);
      let answer: Json | undefined;
      await eventually(async () => {
        const replies = (await cell.scripted.journal()).filter(({ method, error }) => method === undefined && error);
        answer = replies.at(-1)?.error as Json | undefined;
        return String(answer?.['message']).includes('isolation: session');
      }, 'the answer to the server');
      return { refused: Number(answer?.['code']), to: 'server' };
    }
    const { all } = await heard(cell, client, { method: 'elicitation/create', params });
    expect(all.filter(({ method }) => method === 'elicitation/create')).toEqual([]);
    return 'absent';
  },
};
