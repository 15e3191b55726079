import { describe, expect, it } from 'vitest';
import { AnswerCheck, failureOf } from './answer-check.js';

const good = (id: number, text = 'Echo: hello'): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
const anAnswer = (body: string, contentType = 'application/json', status = 200) => ({
  status,
  contentType,
  body: Buffer.from(body),
});
const progress = 'data: {"jsonrpc":"2.0","method":"notifications/progress","params":{}}\n\n';

describe('failureOf', () => {
  const expected = { answer: 'hello' };

  it('finds none in the result that is expected', () => {
    expect(failureOf(anAnswer(good(7)), 7, expected)).toBeUndefined();
  });

  it('finds none in the result at the end of a stream with so many notifications as are expected', () => {
    const events = `id: 1\ndata: \n\n${progress}${progress}data: ${good(7)}\n\n`;
    const answer = anAnswer(events, 'text/event-stream');
    expect(failureOf(answer, 7, { ...expected, progress: 2 })).toBeUndefined();
    expect(failureOf(answer, 7, { ...expected, progress: 3 })).toContain('200: id: 1');
    expect(failureOf(answer, 7, expected)).toContain('200: id: 1');
  });

  it.each([
    ['another status', anAnswer(good(7), 'application/json', 503)],
    ['another text', anAnswer(good(7, 'Echo: something else'))],
    ['an answer to another request', anAnswer(good(8))],
    ['a JSON-RPC error', anAnswer('{"jsonrpc":"2.0","id":7,"error":{"code":-32000}}')],
    ["a tool's failure", anAnswer('{"id":7,"result":{"content":[{"text":"hello"}],"isError":true}}')],
    ['something else than JSON', anAnswer('OK')],
    ['a stream without a result', anAnswer(progress, 'text/event-stream')],
  ])('tells of %s', (_name, answer) => {
    expect(failureOf(answer, 7, expected)).toContain(`${answer.status}: ${answer.body.toString().slice(0, 10)}`);
  });
});

describe('an AnswerCheck', () => {
  const ids = [100_000_001, 100_000_002, 100_000_003];

  it('takes one good answer after the other', () => {
    const check = new AnswerCheck({ answer: 'hello' });
    expect(ids.map((id) => check.failureOf(anAnswer(good(id)), id))).toEqual([undefined, undefined, undefined]);
  });

  it('finds an answer to another request among good ones', () => {
    const check = new AnswerCheck({ answer: 'hello' });
    const [first = 0, second = 0] = ids;
    check.failureOf(anAnswer(good(first)), first);
    expect(check.failureOf(anAnswer(good(first)), second)).toContain('200: ');
  });

  it('finds a wrong answer as long as a good one', () => {
    const check = new AnswerCheck({ answer: 'hello' });
    const [first = 0, second = 0] = ids;
    check.failureOf(anAnswer(good(first)), first);
    expect(check.failureOf(anAnswer(good(second, 'Echo: jello')), second)).toContain('jello');
  });
});
