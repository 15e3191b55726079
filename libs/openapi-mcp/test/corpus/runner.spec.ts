import { describe, expect, it } from 'vitest';
import { readCase } from './corpus-case.js';
import { readRules, rulesWithoutCase } from './read-corpus.js';
import { runCase } from './run-case.js';

const ruleIds = new Set(['4.flat']);

interface Parts {
  rest?: string;
  components?: string;
  request?: string;
  result?: string;
}

/** A case that holds, unless a part of it is replaced. */
const good = {
  components: 'components: [{ kind: tool, name: add, title: null, description: "POST /things/{id}" }]',
  request:
    '{ method: POST, url: /v1/things/a%2Fb, headers: { content-type: application/json, cookie: null }, body: \'{"n":1}\' }',
  result: 'result: { content: [{ type: text, text: "{\\"ok\\":true}" }], structuredContent: { ok: true } }',
};

function aCase(parts: Parts = {}): string {
  const { components, request, result, rest = '' } = { ...good, ...parts };
  return `
rules: [4.flat]
title: adds
document:
  openapi: 3.1.0
  info: { title: Things, version: "1" }
  servers: [{ url: http://upstream/v1 }]
  paths:
    /things/{id}:
      post:
        operationId: add
        requestBody: { content: { application/json: { schema: { type: object, properties: { n: { type: integer } } } } } }
${components}
calls:
  - call: add
    arguments: { id: a/b, n: 1 }
    requests: [${request}]
    answer: { body: { ok: true } }
    ${result}
${rest}`;
}

const run = (parts: Parts = {}) => runCase(readCase('4-arguments/case', aCase(parts), ruleIds));

it('finds nothing where all is as the case says', async () => {
  expect(await run()).toEqual([]);
});

describe('finds', () => {
  const request = (from: string, to: string): Parts => ({ request: good.request.replace(from, to) });

  it.each<[string, Parts, string]>([
    ['a wrong URL', request('a%2Fb', 'a%2fb'), 'calls[0].requests[0].url'],
    ['a wrong method', request('POST', 'PUT'), 'calls[0].requests[0].method'],
    ['a wrong origin', request('method', 'origin: http://other, method'), 'calls[0].requests[0].origin'],
    ['a wrong body byte', request('{"n":1}', '{"n": 1}'), 'calls[0].requests[0].body'],
    ['a body that is not expected', request(', body: \'{"n":1}\'', ''), 'calls[0].requests[0].body'],
    ['wrong bytes', request('body: \'{"n":1}\'', 'body_base64: AAAA'), 'calls[0].requests[0].body_base64'],
    ['a wrong header', request('application/json', 'text/plain'), 'calls[0].requests[0].headers.content-type'],
    ['a header that must be absent', request('application/json', 'null'), 'calls[0].requests[0].headers.content-type'],
    ['a missing request', { request: `${good.request}, ${good.request}` }, 'calls[0].requests'],
    ['an extra request', { request: '' }, 'calls[0].requests'],
    ['a missing component', { components: 'components: [{ name: add }, { name: get }]' }, 'components'],
    ['an extra component', { components: 'components: []' }, 'components'],
    ['a wrong member', { components: 'components: [{ name: Add }]' }, 'components[0].name'],
    [
      'a member that must be absent',
      { components: 'components: [{ description: null }]' },
      'components[0].description',
    ],
    ['a member too many', { components: 'components: [{ exact: true, kind: tool, name: add }]' }, 'components[0]'],
    ['a wrong result', { result: 'result: { content: [], structuredContent: { ok: true } }' }, 'calls[0].result'],
    ['a missing text', { result: 'result_text_contains: [refused]' }, 'calls[0].result_text_contains'],
    ['a missing error', { result: 'error: { message: HTTP 404 }' }, 'calls[0].error'],
    ['a missing diagnostic', { rest: 'diagnostics: [{ code: nothing }]' }, 'diagnostics'],
    ['a diagnostic too many', { rest: 'diagnostics: []\nexact_diagnostics: true' }, 'diagnostics'],
    ['a document that should be refused', { rest: 'refused: because' }, 'refused'],
  ])('%s', async (_, parts, what) => {
    expect((await run(parts)).map((found) => found.what)).toEqual([what]);
  });

  it('a document that is refused for another reason', async () => {
    const text = 'rules: [4.flat]\ntitle: t\ntext: "[]"\nrefused: because';
    expect((await runCase(readCase('1-loading/case', text, ruleIds))).map(({ what }) => what)).toEqual(['refused']);
  });

  it('a configuration that is refused', async () => {
    const [found] = await run({ rest: 'config: { base_urls: http://upstream }' });
    expect(found).toMatchObject({ what: 'refused', expected: undefined });
    expect(String(found?.actual)).toContain('base_urls');
  });
});

describe('a file that is no case is refused with the reason:', () => {
  it.each([
    ['an unknown rule', aCase().replace('[4.flat]', '[4.flatt]'), 'there is no rule "4.flatt"'],
    ['no rule', aCase().replace('[4.flat]', '[]'), 'it names no rule'],
    ['an unknown member', aCase({ rest: 'component: []' }), 'unknown member "component"'],
    ['an unknown member of a call', aCase({ result: 'results: {}' }), 'unknown member "results"'],
    ['an unknown member of a request', aCase({ request: '{ path: /v1 }' }), 'unknown member "path"'],
    ['a wrong kind', aCase({ rest: 'config: []' }), 'config must be object, not array'],
    ['no document', 'rules: [4.flat]\ntitle: t\nrefused: x', 'it needs one of document and text'],
    ['nothing expected', 'rules: [4.flat]\ntitle: t\ndocument: {}', 'it expects nothing'],
  ])('%s', (_, text, message) => {
    expect(() => readCase('4-arguments/case', text, ruleIds)).toThrow(message);
  });
});

describe('rules', () => {
  const rules = readRules('[{ id: 4.flat, text: Flat. }, { id: 4.null, text: Null. }]');

  it('are listed where no case names them', () => {
    const cases = [readCase('4-arguments/case', aCase(), ruleIds)];
    expect(rulesWithoutCase({ rules, cases })).toEqual(['4.null']);
  });

  it.each([
    ['twice', '[{ id: 4.flat, text: a }, { id: 4.flat, text: b }]', 'is there twice'],
    ['without text', '[{ id: 4.flat }]', 'has no text'],
    ['of no section', '[{ id: flat, text: a }]', 'is no id'],
  ])('are refused %s', (_, text, message) => {
    expect(() => readRules(text)).toThrow(message);
  });
});
