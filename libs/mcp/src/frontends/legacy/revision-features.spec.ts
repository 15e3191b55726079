import { describe, expect, it } from 'vitest';
import { legacyVersions, type LegacyVersion } from '../../wire/protocol.js';
import { canBeTold, hasFeature, revisionFeatures, type RevisionFeatureName } from './revision-features.js';
import { effectiveCapabilities, legacyInput, legacyResult } from './revision-messages.js';

const newId = (): string => 'new';

/** By the revisions' schemas, 2024-11-05 to 2025-11-25. */
const expected: Record<RevisionFeatureName, [boolean, boolean, boolean, boolean]> = {
  batches: [false, true, false, false],
  audioContent: [false, true, true, true],
  structuredContent: [false, false, true, true],
  resourceLinks: [false, false, true, true],
  elicitation: [false, false, true, true],
  urlElicitation: [false, false, false, true],
  titledChoices: [false, false, false, true],
  samplingTools: [false, false, false, true],
  samplingContentLists: [false, false, false, true],
  tasks: [false, false, false, true],
  elicitationComplete: [false, false, false, true],
  primingEvents: [false, false, false, true],
};

describe.each(Object.keys(revisionFeatures) as RevisionFeatureName[])('%s', (name) => {
  it('are had by the revisions that define them', () => {
    expect(legacyVersions.map((version) => hasFeature(version, name))).toEqual(expected[name]);
  });
});

describe('effectiveCapabilities', () => {
  const all = {
    elicitation: { form: {}, url: {} },
    sampling: { tools: {} },
    roots: { listChanged: true },
    tasks: { list: {} },
    experimental: { own: {} },
  };
  const old = { sampling: {}, roots: { listChanged: true }, experimental: { own: {} } };

  it.each([
    ['2024-11-05', old],
    ['2025-03-26', old],
    ['2025-06-18', { ...old, elicitation: { form: {} } }],
    ['2025-11-25', all],
  ] as const)('are those that %s defines', (version, expectedCapabilities) => {
    expect(effectiveCapabilities(all, version)).toEqual(expectedCapabilities);
  });
});

describe('a result', () => {
  const text = { type: 'text', text: 'hi' };
  const audio = { type: 'audio', mimeType: 'audio/wav', data: 'AAAA', annotations: { priority: 1 } };
  const link = { type: 'resource_link', uri: 'file:///a', name: 'a', title: 'The A', mimeType: 'text/plain' };
  const content = (version: LegacyVersion, ...blocks: unknown[]): unknown =>
    legacyResult('tools/call', { content: blocks }, version)['content'];

  it.each(['2024-11-05', '2025-03-26'] as const)('has no structured content at %s', (version) => {
    const call = { content: [text], structuredContent: { a: 1 }, 'x-own': 1 };
    expect(legacyResult('tools/call', call, version)).toEqual({ content: [text], 'x-own': 1 });
  });

  it('tells structured content as text where it has no other', () => {
    const image = { type: 'image', data: '', mimeType: 'image/png' };
    const call = { content: [image], structuredContent: { a: 1 } };
    expect(legacyResult('tools/call', call, '2025-03-26')).toEqual({
      content: [image, { type: 'text', text: '{"a":1}' }],
    });
  });

  it.each(['2025-06-18', '2025-11-25'] as const)(
    'is the very same object at %s where all of it is known',
    (version) => {
      const call = { content: [text, audio, link], structuredContent: { a: 1 }, _meta: { own: 1 } };
      expect(legacyResult('tools/call', call, version)).toBe(call);
    },
  );

  it.each(['2025-06-18', '2025-11-25'] as const)('wraps a structured value that is no object at %s', (version) => {
    expect(legacyResult('tools/call', { content: [], structuredContent: [1] }, version)).toEqual({
      content: [{ type: 'text', text: '[1]' }],
      structuredContent: { result: [1] },
    });
  });

  it('tells of audio where there is none', () => {
    expect(content('2024-11-05', text, audio)).toEqual([
      text,
      {
        type: 'text',
        text: '[Audio (audio/wav, 3 bytes) was left out: protocol version 2024-11-05 has no audio content.]',
        annotations: { priority: 1 },
      },
    ]);
    expect(content('2025-03-26', audio)).toEqual([audio]);
  });

  it.each(['2024-11-05', '2025-03-26'] as const)('names the resource of a link at %s', (version) => {
    expect(content(version, link)).toEqual([{ type: 'text', text: '[Resource] file:///a (The A; text/plain)' }]);
  });

  it('of a prompt has content that the client can read', () => {
    const prompt = { messages: [{ role: 'user', content: link }], description: 'd' };
    expect(legacyResult('prompts/get', prompt, '2025-03-26')).toEqual({
      description: 'd',
      messages: [{ role: 'user', content: { type: 'text', text: '[Resource] file:///a (The A; text/plain)' } }],
    });
    expect(legacyResult('prompts/get', prompt, '2025-06-18')).toBe(prompt);
  });

  it.each(legacyVersions)('keeps what no revision defines, at %s', (version) => {
    const call = { content: [{ type: 'x-own', a: 1 }, 'odd'], 'x-own': 1, _meta: { own: 1 } };
    expect(legacyResult('tools/call', call, version)).toBe(call);
    const read = { contents: [{ uri: 'a', text: '', _meta: { own: 1 } }] };
    expect(legacyResult('resources/read', read, version)).toBe(read);
  });

  it('lists tools without output schemas before 2025-06-18', () => {
    const tool = { name: 't', title: 'T', icons: [], outputSchema: { type: 'object' }, execution: {} };
    const list = { tools: [tool], nextCursor: 'n' };
    expect(legacyResult('tools/list', list, '2025-03-26')).toEqual({
      tools: [{ name: 't', title: 'T', icons: [], execution: {} }],
      nextCursor: 'n',
    });
    expect(legacyResult('tools/list', list, '2025-06-18')).toBe(list);
  });

  it('lists tools without output schemas that are of no object', () => {
    const list = { tools: [{ name: 't', outputSchema: { type: 'array' } }] };
    expect(legacyResult('tools/list', list, '2025-11-25')).toEqual({ tools: [{ name: 't' }] });
  });
});

describe('a request of the server', () => {
  const url = { method: 'elicitation/create', params: { mode: 'url', url: 'x' } };

  it('has an elicitationId made up where a URL elicitation has none', () => {
    expect(legacyInput(url, '2025-11-25', newId).params).toEqual({ mode: 'url', url: 'x', elicitationId: 'new' });
  });

  it('keeps the elicitationId of the server, whose completion it names', () => {
    const own = { ...url, params: { ...url.params, elicitationId: 'own' } };
    expect(legacyInput(own, '2025-11-25', newId).params).toEqual(own.params);
  });

  it('has titled choices as 2025-06-18 writes them', () => {
    const oneOf = [
      { const: 'r', title: 'Red' },
      { const: 'b', title: 'Blue' },
    ];
    const params = { message: 'm', requestedSchema: { type: 'object', properties: { c: { type: 'string', oneOf } } } };
    const form = { method: 'elicitation/create', params };
    expect(legacyInput(form, '2025-06-18', newId).params).toMatchObject({
      requestedSchema: { properties: { c: { type: 'string', oneOf, enum: ['r', 'b'], enumNames: ['Red', 'Blue'] } } },
    });
    expect(legacyInput(form, '2025-11-25', newId).params).toBe(params);
  });

  it('has one content block in each sampling message before 2025-11-25', () => {
    const [a, b] = [
      { type: 'text', text: 'a' },
      { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
    ];
    const params = { messages: [{ role: 'user', content: [a, b] }], maxTokens: 1 };
    const request = { method: 'sampling/createMessage', params };
    expect(legacyInput(request, '2025-11-25', newId).params).toEqual(params);
    expect(legacyInput(request, '2025-06-18', newId).params).toEqual({
      messages: [
        { role: 'user', content: a },
        { role: 'user', content: b },
      ],
      maxTokens: 1,
    });
    expect(legacyInput(request, '2024-11-05', newId).params['messages']).toMatchObject([
      { content: a },
      { content: { type: 'text', text: expect.stringContaining('audio/wav') as string } },
    ]);
  });

  it('that the revision has is the very same', () => {
    const roots = { method: 'roots/list', params: { _meta: {} } };
    expect(legacyInput(roots, '2024-11-05', newId).params).toBe(roots.params);
  });
});

describe('a notification', () => {
  it.each(['notifications/elicitation/complete', 'notifications/tasks/status'])('%s came with 2025-11-25', (method) => {
    expect(legacyVersions.map((version) => canBeTold(method, version))).toEqual([false, false, false, true]);
  });

  it.each(['notifications/progress', 'notifications/x-own', 'toString'])('%s is told to all', (method) => {
    expect(legacyVersions.every((version) => canBeTold(method, version))).toBe(true);
  });
});
