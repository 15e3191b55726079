import { describe, expect, it } from 'vitest';
import { anOperation, recordedApi, type ApiOptions } from '../../test/recorded-api.js';

const textOf = (result: { content: Record<string, unknown>[] }) => String(result.content[0]?.text);

describe('results', () => {
  const answering = (answer: NonNullable<ApiOptions['answer']>, options: ApiOptions = {}) =>
    recordedApi(anOperation('GET /t', { operationId: 'get' }), {
      answer,
      ...options,
    }).call({});
  const json = { 'content-type': 'application/json; charset=utf-8' };

  it.each<[string, () => Response, unknown]>([
    [
      'an object',
      () =>
        new Response('{\n "a": [1, 9007199254740993],\n "b": "x  y\\" z" }', {
          headers: json,
        }),
      {
        content: [{ type: 'text', text: '{"a":[1,9007199254740993],"b":"x  y\\" z"}' }],
        structuredContent: { a: [1, 9007199254740992], b: 'x  y" z' },
      },
    ],
    ['a list', () => new Response('[1, 2]', { headers: json }), { content: [{ type: 'text', text: '[1,2]' }] }],
    ['null', () => new Response('null', { headers: json }), { content: [{ type: 'text', text: 'null' }] }],
    ['an empty answer', () => new Response(null, { status: 204 }), { content: [] }],
    ['broken JSON', () => new Response('{oops', { headers: json }), { content: [{ type: 'text', text: '{oops' }] }],
    [
      'text that looks like JSON',
      () => new Response('{"a":1}', { headers: { 'content-type': 'text/plain' } }),
      { content: [{ type: 'text', text: '{"a":1}' }] },
    ],
    [
      'another charset',
      () =>
        new Response(Buffer.from([0xe4]), {
          headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
        }),
      { content: [{ type: 'text', text: 'ä' }] },
    ],
    [
      'an image',
      () =>
        new Response(Buffer.from([1]), {
          headers: { 'content-type': 'image/png' },
        }),
      { content: [{ type: 'image', data: 'AQ==', mimeType: 'image/png' }] },
    ],
    [
      'other bytes',
      () =>
        new Response(Buffer.from([0, 1]), {
          headers: { 'content-type': 'application/pdf' },
        }),
      {
        content: [
          {
            type: 'resource',
            resource: {
              uri: 'resource://get',
              mimeType: 'application/pdf',
              blob: 'AAE=',
            },
          },
        ],
      },
    ],
  ])('map %s', async (_, answer, expected) => {
    expect(await answering(answer)).toEqual(expected);
  });

  it('report an HTTP error with its body', async () => {
    const answer = () =>
      new Response('{ "message": "no such thing" }', {
        status: 404,
        statusText: 'Not Found',
        headers: json,
      });
    expect(await answering(answer)).toEqual({
      content: [
        {
          type: 'text',
          text: 'HTTP 404 Not Found\n{"message":"no such thing"}',
        },
      ],
      isError: true,
    });
  });

  it('keep Retry-After', async () => {
    const answer = () =>
      new Response('slow down', {
        status: 429,
        statusText: 'Too Many Requests',
        headers: { 'retry-after': '7' },
      });
    expect(textOf(await answering(answer))).toBe('HTTP 429 Too Many Requests\nRetry-After: 7\nslow down');
  });

  it('name the target of a redirect that was not followed', async () => {
    const answer = () =>
      new Response(null, {
        status: 302,
        statusText: 'Found',
        headers: { location: 'https://other.example/' },
      });
    expect(await answering(answer)).toMatchObject({
      isError: true,
      content: [{ text: 'HTTP 302 Found\nLocation: https://other.example/' }],
    });
  });

  it('mask credentials that the API repeats', async () => {
    const answer = () =>
      new Response('bad token s3cret-token', {
        status: 401,
        statusText: 'Unauthorized',
      });
    const result = await answering(answer, {
      auth: { type: 'bearer', token: 's3cret-token' },
    });
    expect(textOf(result)).toBe('HTTP 401 Unauthorized\nbad token ***');
  });

  it('name the cause of a failed connection, not the URL', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED https://api.example/v1/t?key=1'), {
      code: 'ECONNREFUSED',
    });
    const result = await answering(() => Promise.reject(new Error('request failed', { cause: refused })));
    expect(result).toMatchObject({ isError: true });
    expect(textOf(result)).toBe('api.example could not be called: the connection was refused');
  });

  it('report a timeout', async () => {
    const result = await answering((_, { signal }) => untilAborted(signal), {
      timeoutMs: 20,
    });
    expect(result).toMatchObject({ isError: true });
    expect(textOf(result)).toContain('did not answer within 0.02 s');
  });

  it('end with the reason of a caller who cancels', async () => {
    const controller = new AbortController();
    const api = recordedApi(anOperation('GET /t'), {
      answer: (_, { signal }) => {
        controller.abort(new Error('changed my mind'));
        return untilAborted(signal);
      },
    });
    await expect(api.call({}, undefined, controller.signal)).rejects.toThrow('changed my mind');
  });
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail);
  });
}
