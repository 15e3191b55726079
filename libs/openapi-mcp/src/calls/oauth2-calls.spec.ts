import { describe, expect, it } from 'vitest';
import { anOperation, aParameter, recordedApi } from '../../test/recorded-api.js';
import type { FetchOptions } from './fetch.js';

const tokenUrl = 'https://auth.example/token';
const auth = {
  type: 'oauth2' as const,
  oauth2_config: { token_url: tokenUrl, client_id: 'me', client_secret: 's3cret-of-mine', scopes: [] },
};
const document = anOperation('POST /t', { parameters: [aParameter('query', 'n', { schema: { type: 'integer' } })] });

/** An API behind an authorization server that gives `token-1`, `token-2`, …; `accepts` says which of them are good. */
function protectedApi(accepts: (token: string) => boolean, issue?: () => Response) {
  let issued = 0;
  const answer = (url: string, { headers }: FetchOptions): Response => {
    if (url === tokenUrl) {
      issued += 1;
      return issue?.() ?? Response.json({ access_token: `token-${issued}`, expires_in: 3600 });
    }
    const token = headers.authorization?.replace('Bearer ', '') ?? '';
    return accepts(token) ? Response.json({ token }) : new Response(`bad ${token}`, { status: 401 });
  };
  const api = recordedApi(document, { auth, answer });
  return { api, urls: () => api.requests.map(({ url }) => url.replace('https://api.example/v1', '')) };
}

describe('calls with client credentials', () => {
  it('ask for a token once', async () => {
    const { api, urls } = protectedApi(() => true);
    expect((await api.call({})).structuredContent).toEqual({ token: 'token-1' });
    expect((await api.call({})).structuredContent).toEqual({ token: 'token-1' });
    expect(urls()).toEqual([tokenUrl, '/t', '/t']);
  });

  it('renew a token that the API has ended early, and try once more', async () => {
    let good = 'token-1';
    const { api, urls } = protectedApi((token) => token === good);
    await api.call({});
    good = 'token-2';
    expect((await api.call({})).structuredContent).toEqual({ token: 'token-2' });
    expect(urls()).toEqual([tokenUrl, '/t', '/t', tokenUrl, '/t']);
  });

  it('do not try again with a token that is new', async () => {
    const { api, urls } = protectedApi(() => false);
    expect(await api.call({})).toEqual({
      content: [{ type: 'text', text: 'HTTP 401 Unauthorized\nbad ***' }],
      isError: true,
    });
    expect(urls()).toEqual([tokenUrl, '/t']);
  });

  it('fail with what the authorization server says', async () => {
    const { api, urls } = protectedApi(
      () => true,
      () => Response.json({ error: 'invalid_client', error_description: 'no s3cret-of-mine' }, { status: 401 }),
    );
    expect(await api.call({})).toEqual({
      content: [
        {
          type: 'text',
          text: 'No access token from auth.example: HTTP 401 Unauthorized (invalid_client: no ***)',
        },
      ],
      isError: true,
    });
    expect(urls()).toEqual([tokenUrl, tokenUrl]);
  });

  it('ask for no token where the arguments are refused', async () => {
    const { api, urls } = protectedApi(() => true);
    expect(await api.call({ n: 'x' })).toMatchObject({ isError: true });
    expect(urls()).toEqual([]);
  });
});
