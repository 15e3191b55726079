import { expect } from 'vitest';
import type { Cell, Check, Checks, Json, Observation } from '../cell.js';
import type { Answer, Exchange } from '../client/matrix-client.js';
import type { Asked } from '../servers/script.js';
import { answersIn, callsSeen, joining, play, refusal, same } from './play.js';

const everything = { sampling: { tools: {} }, elicitation: { form: {}, url: {} }, roots: {} };

const sampling = {
  method: 'sampling/createMessage',
  params: {
    messages: [{ role: 'user', content: { type: 'text', text: 'Say hi' } }],
    maxTokens: 10,
    tools: [{ name: 'add', inputSchema: { type: 'object' } }],
    toolChoice: { mode: 'auto' },
  },
};
const sampled = {
  role: 'assistant',
  model: 'm',
  content: [{ type: 'tool_use', id: '1', name: 'add', input: { a: 1 } }],
  stopReason: 'toolUse',
};
const form = (message: string, more: Json = {}) => ({
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message,
    requestedSchema: {
      type: 'object',
      properties: { colour: { type: 'string', oneOf: [{ const: 'red', title: 'Rot' }] } },
      required: ['colour'],
    },
    ...more,
  },
});
const red = { action: 'accept', content: { colour: 'red' } };
const visit = { mode: 'url', message: 'Please sign in', url: 'https://example.com/sign-in?a=ä' };
const roots = { method: 'roots/list', params: {} };
const rootList = { roots: [{ uri: 'file:///home/ada', name: 'Ada', _meta: { 'com.example/a': 1 } }] };

/** By the message or the method that is asked. */
const answerTo =
  (answers: Record<string, Json>) =>
  ({ method, params }: { method: string; params: Json }): Answer => {
    const result = answers[String(params['message'])] ?? answers[method];
    return result && { result };
  };

/** How it reached the client: as requests of the server, or in results that ask (2026-07-28). */
function expectAsked({ client }: Cell, { asked, askedIds, legs }: Exchange, expected: unknown[]): void {
  expect(asked).toEqual(expected);
  expect([askedIds.length > 0, legs.length > 0]).toEqual(client === 'legacy' ? [true, false] : [false, true]);
}

const asks =
  (request: { method: string; params: Json }, result: Json): Check =>
  async (cell) => {
    const client = await cell.connect(everything);
    const answer = answerTo({ [request.method]: result });
    const exchange = await play(cell, client, { steps: [{ ask: { it: request } }] }, { answer });
    expectAsked(cell, exchange, [request]);
    expect(answersIn(exchange)).toEqual({ it: { result } });
    return joining(cell);
  };

/** How what the script asks as `it` was refused. */
function refusalOfServer(exchange: Exchange): Observation {
  const { it } = answersIn(exchange) as { it: { error?: { code: number } } };
  return { refused: it.error?.code ?? 0, to: 'server' };
}

/** A server that asks anyway is told that the hub can't do it; a client of 2026-07-28 can be asked by 2026-07-28 only. */
async function asksForRoots(cell: Cell): Promise<Observation> {
  if (cell.server === 'modern') return asks(roots, rootList)(cell);
  const client = await cell.connect(everything);
  const exchange = await play(cell, client, { steps: [{ ask: { it: roots } }] });
  expect(exchange.asked).toEqual([]);
  return refusalOfServer(exchange);
}

export const inputChecks: Checks = {
  sampling: asks(sampling, sampled),
  'elicitation-form': asks(form('Which?'), red),
  'elicitation-declined': async (cell) => {
    for (const action of ['decline', 'cancel']) await asks(form('Which?'), { action })(cell);
    return joining(cell);
  },
  roots: asksForRoots,

  'elicitation-url': async (cell) => {
    const client = await cell.connect(everything);
    const elicitationId = `e-${cell.unique}`;
    const params = cell.server === 'legacy' ? { ...visit, elicitationId } : visit;
    const script = { steps: [{ ask: { it: { method: 'elicitation/create', params } } }] };
    const exchange = await play(cell, client, script, { answer: () => ({ result: { action: 'accept' } }) });
    const id = cell.server === 'legacy' ? elicitationId : expect.any(String);
    const expected = cell.client === 'legacy' ? { ...visit, elicitationId: id } : visit;
    expectAsked(cell, exchange, [{ method: 'elicitation/create', params: expected }]);
    expect(answersIn(exchange)).toEqual({ it: { result: { action: 'accept' } } });
    return joining(cell);
  },

  'url-required': async (cell) => {
    const client = await cell.connect(everything);
    const elicitations = [{ ...visit, elicitationId: `r-${cell.unique}` }];
    const error = { code: -32042, message: 'Sign in first', data: { elicitations, more: 1 } };
    const result = { content: [{ type: 'text', text: 'signed in' }] };
    const script = { error, errorOnce: cell.unique, result };
    const exchange = await play(cell, client, script, { answer: () => ({ result: { action: 'accept' } }) });
    if (exchange.error) return same(exchange.error, error);
    expect(exchange.asked).toEqual([{ method: 'elicitation/create', params: visit }]);
    expect(exchange.result).toMatchObject(result);
    // It was not parked: the retry is a new call.
    expect(await callsSeen(cell)).toHaveLength(2);
    return 'translated';
  },

  'several-inputs': async (cell) => {
    const client = await cell.connect(everything);
    const ask: Asked = { one: form('First?'), two: sampling, three: form('Third?') };
    const answers = { 'First?': red, 'Third?': { action: 'decline' }, 'sampling/createMessage': sampled };
    const exchange = await play(cell, client, { steps: [{ ask }] }, { answer: answerTo(answers) });
    expectAsked(cell, exchange, Object.values(ask));
    if (cell.client === 'modern') expect(exchange.legs).toHaveLength(1);
    expect(answersIn(exchange)).toEqual({
      one: { result: red },
      two: { result: sampled },
      three: { result: { action: 'decline' } },
    });
    return joining(cell);
  },

  'several-rounds': async (cell) => {
    const client = await cell.connect(everything);
    const steps = ['First?', 'Second?', 'Third?'].map((message, at) => ({ ask: { [`n${at}`]: form(message) } }));
    const content = (colour: string) => ({ action: 'accept', content: { colour } });
    const answers = { 'First?': content('a'), 'Second?': content('b'), 'Third?': content('c') };
    const exchange = await play(cell, client, { steps }, { answer: answerTo(answers) });
    expectAsked(cell, exchange, [form('First?'), form('Second?'), form('Third?')]);
    expect(answersIn(exchange)).toEqual({
      n0: { result: content('a') },
      n1: { result: content('b') },
      n2: { result: content('c') },
    });
    return joining(cell);
  },

  'request-state': async (cell) => {
    const client = await cell.connect(everything);
    const exchange = await play(
      cell,
      client,
      { steps: [{ ask: { it: form('Which?') } }] },
      { answer: () => ({ result: red }) },
    );
    expect(answersIn(exchange)).toEqual({ it: { result: red } });
    const states = (await callsSeen(cell)).map(({ params }) => params?.['requestState']);
    const shown = exchange.legs.map(({ requestState }) => requestState);
    // The state of the scripted server is JSON that says where it is.
    const own = JSON.stringify({ at: 0, answers: {} });
    if (cell.client === 'modern') expect(shown).toEqual([expect.stringMatching(/^v1\./)]);
    if (cell.server === 'legacy') {
      expect(states).toEqual([undefined]);
      return cell.client === 'legacy' ? 'absent' : 'translated';
    }
    expect(states).toEqual([undefined, expect.stringContaining('"at":0')]);
    expect(JSON.parse(String(states[1]))).toEqual({ ...(JSON.parse(own) as Json) });
    return 'translated';
  },

  'input-refused': async (cell) => {
    const client = await cell.connect(everything);
    const error = { code: -1, message: 'User rejected sampling request', data: { a: 1 } };
    let refusals = 0;
    const exchange = await play(
      cell,
      client,
      { steps: [{ ask: { it: sampling } }] },
      {
        answer: () => {
          refusals += 1;
          if (cell.client === 'legacy') return { error };
          return refusals === 1 ? undefined : { result: sampled };
        },
      },
    );
    if (cell.client === 'modern') {
      // All that a client of 2026-07-28 can do is to leave it out, and the server asks again.
      expect(exchange.legs).toHaveLength(2);
      expect(answersIn(exchange)).toEqual({ it: { result: sampled } });
      return 'absent';
    }
    if (exchange.error) {
      expect(exchange.error).toEqual(error);
      return refusal(exchange);
    }
    return same(answersIn(exchange), { it: { error } });
  },

  'undeclared-capability': async (cell) => {
    const client = await cell.connect({ sampling: {} });
    const steps =
      cell.server === 'legacy'
        ? [{ ask: { it: form('Which?') } }]
        : [{ require: { elicitation: { form: {} } } }, { ask: { it: form('Which?') } }];
    const exchange = await play(cell, client, { steps });
    expect(exchange.asked).toEqual([]);
    if (exchange.error) {
      expect(exchange.error.data).toEqual({ requiredCapabilities: { elicitation: { form: {} } } });
      if (cell.client === 'modern') expect(exchange.status).toBe(400);
      return refusal(exchange);
    }
    return refusalOfServer(exchange);
  },

  'undeclared-mode': async (cell) => {
    const client = await cell.connect({ elicitation: { form: {} } });
    const params = cell.server === 'legacy' ? { ...visit, elicitationId: cell.unique } : visit;
    const required = { elicitation: { url: {} } };
    const ask = { ask: { it: { method: 'elicitation/create', params } } };
    const steps = cell.server === 'legacy' ? [ask] : [{ require: required }, ask];
    const exchange = await play(cell, client, { steps });
    expect(exchange.asked).toEqual([]);
    if (exchange.error) {
      expect(exchange.error.data).toEqual({ requiredCapabilities: required });
      return refusal(exchange);
    }
    return refusalOfServer(exchange);
  },

  'input-members': async (cell) => {
    const client = await cell.connect(everything);
    const request = form('Which?', { 'x-unknown': { a: 1 }, _meta: { 'com.example/asked': [1] } });
    const answer = { ...red, 'x-unknown': [2], _meta: { 'com.example/answer': { b: 2 } } };
    return asksWith(cell, client, request, answer);
  },

  'extension-request-by-server': async (cell) => {
    const request = { method: 'com.example/choose', params: { of: ['a', 'b'], _meta: { 'com.example/c': 1 } } };
    const answer = { chosen: 'b', _meta: { 'com.example/d': 2 } };
    const client = await cell.connect();
    if (cell.client === cell.server || cell.server === 'modern') return asksWith(cell, client, request, answer);
    const exchange = await play(cell, client, { steps: [{ ask: { it: request } }] });
    expect(exchange.asked).toEqual([]);
    return refusalOfServer(exchange);
  },

  'input-result-members': async (cell) => {
    const client = await cell.connect(everything);
    const resultMembers = { _meta: { 'com.example/leg': 1 }, 'x-unknown': { a: 1 } };
    const script = { steps: [{ ask: { it: form('Which?') }, resultMembers }] };
    const exchange = await play(cell, client, script, { answer: () => ({ result: red }) });
    expect(answersIn(exchange)).toEqual({ it: { result: red } });
    if (cell.client === 'legacy' || cell.server === 'legacy') {
      expect(JSON.stringify(exchange)).not.toContain('com.example/leg');
      return 'absent';
    }
    expect(exchange.legs[0]).toMatchObject(resultMembers);
    return 'crosses';
  },
};

async function asksWith(
  cell: Cell,
  client: Awaited<ReturnType<Cell['connect']>>,
  request: { method: string; params: Json },
  result: Json,
): Promise<Observation> {
  const exchange = await play(cell, client, { steps: [{ ask: { it: request } }] }, { answer: () => ({ result }) });
  expectAsked(cell, exchange, [request]);
  expect(answersIn(exchange)).toEqual({ it: { result } });
  return joining(cell);
}
