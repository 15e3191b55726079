import type { JsonObject } from '@mcp-hub/application';
import type { AuthConfig } from '@mcp-hub/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDocument, anOpenApiLoader, anOperation, loadApi, textOf, type LoadedApi } from '../../test/openapi.js';
import { recordingServer, sendJson, type Received, type RecordingServer } from '../../test/recording-server.js';

const schemes = {
  header: { type: 'apiKey', in: 'header', name: 'X-Key' },
  query: { type: 'apiKey', in: 'query', name: 'key' },
  cookie: { type: 'apiKey', in: 'cookie', name: 'session' },
  basic: { type: 'http', scheme: 'basic' },
  bearer: { type: 'http', scheme: 'bearer' },
  oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/token', scopes: {} } } },
};

/** What the API lets in, by path; every one of its operations demands what its path says. */
const isLetIn: Record<string, (request: Received) => boolean> = {
  '/header': ({ headers }) => headers['x-key'] === 'key-1',
  '/query': ({ url }) => new URL(url, 'http://api').searchParams.get('key') === 'key-1',
  '/cookie': ({ headers }) => headers.cookie === 'session=key-1',
  '/basic': ({ headers }) => headers.authorization === `Basic ${Buffer.from('us er:pä:ss').toString('base64')}`,
  '/bearer': ({ headers }) => headers.authorization === 'Bearer token-1',
  '/oauth': ({ headers }) => headers.authorization === `Bearer ${validToken}`,
  '/both': ({ headers, url }) =>
    headers['x-key'] === 'key-1' && new URL(url, 'http://api').searchParams.get('key') === 'key-2',
  '/open': ({ headers, url }) =>
    !url.includes('?') && ['authorization', 'cookie', 'x-key'].every((name) => headers[name] === undefined),
};
const requirements: Record<string, JsonObject[]> = {
  '/both': [{ header: [], query: [] }],
  '/open': [],
};

let validToken: string;
let tokens: { given: number; lifetime: number; requests: Received[] };
let api: RecordingServer;
const open: LoadedApi[] = [];

beforeEach(async () => {
  validToken = '';
  tokens = { given: 0, lifetime: 3_600, requests: [] };
  api = await recordingServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://api');
    if (pathname === '/token') {
      tokens.requests.push(request);
      const form = new URLSearchParams(request.body.toString());
      const isClient =
        request.headers.authorization === `Basic ${Buffer.from('hub:s3cret-value').toString('base64')}` &&
        form.get('grant_type') === 'client_credentials';
      if (!isClient) sendJson(response, { error: 'invalid_client', error_description: 'no s3cret-value here' }, 401);
      else {
        tokens.given += 1;
        validToken = `token-${tokens.given}`;
        sendJson(response, { access_token: validToken, token_type: 'Bearer', expires_in: tokens.lifetime });
      }
      return;
    }
    const isIn = isLetIn[pathname]?.(request) === true;
    sendJson(response, isIn ? { path: pathname } : { error: 'who are you?' }, isIn ? 200 : 401);
  });
});
afterEach(async () => {
  for (const { backend } of open.splice(0)) await backend.close();
  await api.close();
});

async function load(auth_config: AuthConfig): Promise<LoadedApi> {
  const paths = Object.fromEntries(
    Object.keys(isLetIn).map((path) => {
      const name = path.slice(1);
      return [path, { get: anOperation(name, { security: requirements[path] ?? [{ [name]: [] }] }) }];
    }),
  );
  const spec = aDocument(api.url, paths, { components: { securitySchemes: schemes } });
  const loaded = await loadApi(anOpenApiLoader(), {}, { spec, entry: { auth_config } });
  open.push(loaded);
  return loaded;
}

const oauth2 = (secret = 's3cret-value'): AuthConfig => ({
  type: 'oauth2',
  oauth2_config: { token_url: `${api.url}/token`, client_id: 'hub', client_secret: secret, scopes: ['read', 'write'] },
});

describe('an API that checks who calls', () => {
  const key: AuthConfig = { type: 'api_key', api_key: 'key-1' };
  it.each<[string, string, AuthConfig]>([
    ['an API key in a header', 'header', key],
    ['an API key in the query', 'query', key],
    ['an API key in a cookie', 'cookie', key],
    ['basic', 'basic', { type: 'basic', username: 'us er', password: 'pä:ss' }],
    ['a bearer token', 'bearer', { type: 'bearer', token: 'token-1' }],
    [
      'two keys at once',
      'both',
      {
        type: 'schemes',
        schemes: { header: { type: 'api_key', api_key: 'key-1' }, query: { type: 'api_key', api_key: 'key-2' } },
      },
    ],
    ['nobody', 'open', { type: 'bearer', token: 'token-1' }],
  ])('lets in %s', async (_, name, auth) => {
    expect(await (await load(auth)).call(name)).toEqual({
      content: [{ type: 'text', text: `{"path":"/${name}"}` }],
      structuredContent: { path: `/${name}` },
    });
  });

  it('gets for each operation what that one demands', async () => {
    const { call } = await load({
      type: 'schemes',
      schemes: {
        header: { type: 'api_key', api_key: 'key-1' },
        cookie: { type: 'api_key', api_key: 'key-1' },
        bearer: { type: 'bearer', token: 'token-1' },
      },
    });
    for (const name of ['header', 'cookie', 'bearer', 'open']) {
      expect(await call(name)).toMatchObject({ structuredContent: { path: `/${name}` } });
    }
    expect(api.received.map(({ headers }) => [headers['x-key'], headers.cookie, headers.authorization])).toEqual([
      ['key-1', undefined, undefined],
      [undefined, 'session=key-1', undefined],
      [undefined, undefined, 'Bearer token-1'],
      [undefined, undefined, undefined],
    ]);
  });

  it('tells who is not let in, without the credentials', async () => {
    const result = await (await load({ type: 'bearer', token: 'wrong-token-value' })).call('bearer');
    expect(result).toMatchObject({ isError: true });
    expect(textOf(result)).toMatch(/^HTTP 401 Unauthorized/);
    expect(textOf(result)).not.toContain('wrong-token-value');
  });

  describe('by OAuth 2.0 client credentials', () => {
    it('is called with one token as long as that lives', async () => {
      const { call } = await load(oauth2());
      const results = await Promise.all([call('oauth'), call('oauth')]);
      expect([...results, await call('oauth')]).toMatchObject(Array(3).fill({ structuredContent: { path: '/oauth' } }));
      expect(tokens.given).toBe(1);
      const form = new URLSearchParams(tokens.requests[0]?.body.toString());
      expect(Object.fromEntries(form)).toEqual({ grant_type: 'client_credentials', scope: 'read write' });
    });

    it('is called with a new token once the old one has expired', async () => {
      tokens.lifetime = 0;
      const { call } = await load(oauth2());
      await call('oauth');
      expect(await call('oauth')).toMatchObject({ structuredContent: { path: '/oauth' } });
      expect(tokens.given).toBe(2);
    });

    it('is called again with a new token where it has ended the old one', async () => {
      const { call } = await load(oauth2());
      await call('oauth');
      validToken = 'none any more';
      expect(await call('oauth')).toMatchObject({ structuredContent: { path: '/oauth' } });
      expect(tokens.given).toBe(2);
    });

    it('is not called where there is no token, and the secret is not told', async () => {
      const result = await (await load(oauth2('another-secret'))).call('oauth');
      expect(result).toMatchObject({ isError: true });
      expect(textOf(result)).toContain('invalid_client');
      expect(textOf(result)).not.toContain('another-secret');
      expect(api.received.filter(({ url }) => url === '/oauth')).toEqual([]);
    });

    it('gets its tokens through the egress guard', async () => {
      const auth_config: AuthConfig = {
        type: 'oauth2',
        oauth2_config: { token_url: 'http://169.254.169.254/token', client_id: 'a', client_secret: 'b', scopes: [] },
      };
      expect(textOf(await (await load(auth_config)).call('oauth'))).toContain('egress_refused');
    });
  });
});
