import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualTimers } from '../../test/manual-timers.js';
import { AccessTokens } from './access-tokens.js';
import type { Fetch, FetchOptions } from './fetch.js';

const config = {
  token_url: 'https://auth.example/token',
  client_id: 'a b',
  client_secret: 's3cret:+x/1',
  scopes: ['read', 'write'],
};
const basic = `Basic ${Buffer.from('a+b:s3cret%3A%2Bx%2F1').toString('base64')}`;
const never = new AbortController().signal;

interface Sent {
  authorization: string | undefined;
  form: Record<string, string>;
}

/** An authorization server that answers in turn, the last answer for ever: `t1`, `t2`, … without any. */
function server(...answers: ((count: number, options: FetchOptions) => Response | Promise<Response>)[]) {
  const timers = new ManualTimers();
  const sent: Sent[] = [];
  const fetch: Fetch = async (url, options) => {
    expect(url).toMatch(/^https:\/\/auth\.example\//);
    expect(options).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const form = Object.fromEntries(new URLSearchParams(String(options.body)));
    sent.push({ authorization: options.headers.authorization, form });
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? token({ expires_in: 3600 });
    return answer(sent.length, options);
  };
  return { timers, sent, tokens: new AccessTokens({ fetch, timers, random: () => 0 }) };
}

const token = (rest: object) => (count: number) =>
  Response.json({ access_token: `t${count}`, token_type: 'Bearer', ...rest });
const refusing =
  (status: number, body: object = {}) =>
  () =>
    Response.json(body, { status });

describe('AccessTokens', () => {
  it('asks by client credentials, name and secret form-encoded in basic authentication', async () => {
    const { tokens, sent } = server();
    expect(await tokens.get({ ...config, audience: 'https://api' }, never)).toEqual({ value: 't1', isCached: false });
    expect(sent).toEqual([
      {
        authorization: basic,
        form: { grant_type: 'client_credentials', scope: 'read write', audience: 'https://api' },
      },
    ]);
  });

  it('gives the same token until shortly before it expires', async () => {
    const { tokens, timers } = server(token({ expires_in: 3600 }));
    await tokens.get(config, never);
    timers.advance(3_539_000);
    expect(await tokens.get(config, never)).toEqual({ value: 't1', isCached: true });
    timers.advance(1_000);
    expect(await tokens.get(config, never)).toEqual({ value: 't2', isCached: false });
  });

  it('keeps a token of short life for most of it, and one of unsaid life for a while', async () => {
    const { tokens, timers } = server(token({ expires_in: '10' }), token({}));
    await tokens.get(config, never);
    timers.advance(8_999);
    expect(await tokens.get(config, never)).toMatchObject({ value: 't1' });
    timers.advance(1);
    expect(await tokens.get(config, never)).toMatchObject({ value: 't2' });
    timers.advance(200_000);
    expect(await tokens.get(config, never)).toMatchObject({ value: 't2' });
    timers.advance(100_000);
    expect(await tokens.get(config, never)).toMatchObject({ value: 't3' });
  });

  it('shares a request among all who want the same token', async () => {
    const { tokens, sent } = server();
    const got = await Promise.all([1, 2, 3].map(() => tokens.get(config, never)));
    expect(got.map(({ value }) => value)).toEqual(['t1', 't1', 't1']);
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['token URL', { token_url: 'https://auth.example/other' }],
    ['client', { client_id: 'other' }],
    ['secret', { client_secret: 'other' }],
    ['scopes', { scopes: ['read'] }],
    ['audience', { audience: 'x' }],
  ])('has a token for each %s', async (_, over) => {
    const { tokens, sent } = server();
    await tokens.get(config, never);
    await tokens.get({ ...config, ...over }, never);
    expect(sent).toHaveLength(2);
  });

  it('goes on without the one who asked first', async () => {
    const { tokens } = server(async (count) => {
      await setImmediate();
      return token({})(count);
    });
    const first = new AbortController();
    const gone = tokens.get(config, first.signal);
    const waiting = tokens.get(config, never);
    first.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    expect(await waiting).toMatchObject({ value: 't1' });
  });

  it('closes the request when nobody waits any more', async () => {
    let request: AbortSignal | undefined;
    const { tokens } = server((_, { signal }) => {
      request = signal;
      return new Promise<Response>((__, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    });
    const only = new AbortController();
    const gone = tokens.get(config, only.signal);
    only.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    expect(request?.aborted).toBe(true);
  });

  it('sends the secret in the form where the server refuses basic authentication, and does so from then on', async () => {
    const { tokens, sent, timers } = server(refusing(401, { error: 'invalid_client' }), token({ expires_in: 100 }));
    expect(await tokens.get(config, never)).toMatchObject({ value: 't2' });
    timers.advance(100_000);
    expect(await tokens.get(config, never)).toMatchObject({ value: 't3' });
    const inForm = { client_id: config.client_id, client_secret: config.client_secret };
    expect(sent).toEqual([
      { authorization: basic, form: expect.not.objectContaining(inForm) },
      { authorization: undefined, form: expect.objectContaining(inForm) },
      { authorization: undefined, form: expect.objectContaining(inForm) },
    ]);
  });

  it('asks anew for a token that was forgotten, not for another', async () => {
    const { tokens } = server();
    await tokens.get(config, never);
    tokens.forget(config, 'another');
    expect(await tokens.get(config, never)).toMatchObject({ value: 't1' });
    tokens.forget(config, 't1');
    expect(await tokens.get(config, never)).toEqual({ value: 't2', isCached: false });
  });

  it.each<[string, () => Response | Promise<Response>, string]>([
    [
      'a refusal',
      refusing(400, { error: 'invalid_scope', error_description: `not for ${config.client_secret}` }),
      'HTTP 400 Bad Request (invalid_scope: not for ***)',
    ],
    ['a page', () => new Response('<html>', { status: 502 }), 'HTTP 502 Bad Gateway'],
    ['no token', refusing(200, {}), 'its answer holds none'],
    ['a token that no header carries', refusing(200, { access_token: 'a\r\nb' }), 'its answer holds none'],
    [
      'no connection',
      () => Promise.reject(Object.assign(new Error(config.client_secret), { code: 'ENOTFOUND' })),
      'the host name does not exist',
    ],
  ])('fails with the cause, never the secret: %s', async (_, answer, reason) => {
    const { tokens } = server(answer);
    await expect(tokens.get(config, never)).rejects.toThrow(`No access token from auth.example: ${reason}`);
  });

  it('asks again after a failure', async () => {
    const { tokens } = server(refusing(500), token({}));
    await expect(tokens.get(config, never)).rejects.toThrow('HTTP 500');
    expect(await tokens.get(config, never)).toMatchObject({ value: 't2' });
  });

  it('ends with a server that does not answer', async () => {
    const { tokens, timers } = server(
      (_, { signal }) =>
        new Promise<Response>((__, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    );
    const waiting = tokens.get(config, never);
    timers.advance(30_000);
    await expect(waiting).rejects.toThrow('it did not answer within 30 s');
  });
});
