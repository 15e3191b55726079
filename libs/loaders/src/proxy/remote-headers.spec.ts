import type { AuthConfig, Remote } from '@mcp-hub/domain';
import { describe, expect, it } from 'vitest';
import { remoteTarget } from './remote-headers.js';

const remote: Remote = {
  type: 'streamable-http',
  url: 'https://mcp.example/mcp?a=1',
  headers: [{ name: 'X-Key', value: 'k', is_secret: true }],
};

describe('remoteTarget', () => {
  it.each<[AuthConfig, object]>([
    [{ type: 'bearer', token: 't' }, { authorization: 'Bearer t' }],
    [{ type: 'basic', username: 'ü', password: 'p:w' }, { authorization: 'Basic w7w6cDp3' }],
    [{ type: 'api_key', api_key: 'k2' }, { 'x-api-key': 'k2' }],
    [{ type: 'api_key', api_key: 'k2', header_name: 'X-Other' }, { 'x-other': 'k2' }],
    [{ type: 'api_key', api_key: 'k2', cookie_name: 'c' }, { cookie: 'c=k2' }],
  ])('authenticates by %j', (auth, headers) => {
    expect(remoteTarget(remote, auth)).toEqual({
      url: 'https://mcp.example/mcp?a=1',
      headers: { 'x-key': 'k', ...headers },
    });
  });

  it('puts a key into the query where that is where it belongs', () => {
    const target = remoteTarget(remote, { type: 'api_key', api_key: 'a&b', query_name: 'key' });
    expect(target).toEqual({ url: 'https://mcp.example/mcp?a=1&key=a%26b', headers: { 'x-key': 'k' } });
  });

  it.each<[string, Partial<Remote>, string]>([
    ['a URL that is none', { url: 'host/mcp' }, 'upstream_unreachable'],
    ['a header with a line break', { headers: [{ name: 'X-Key', value: 'a\n', is_secret: true }] }, 'upstream_auth'],
  ])('refuses %s', (_, part, code) => {
    const attempt = () => remoteTarget({ ...remote, ...part }, undefined);
    expect(attempt).toThrow(expect.objectContaining({ code, isTransient: false }));
  });

  it('refuses what it can not do', () => {
    const oauth2 = { token_url: 'https://a.example', client_id: 'i', client_secret: 's', scopes: [] };
    const attempt = () => remoteTarget(remote, { type: 'oauth2', oauth2_config: oauth2 });
    expect(attempt).toThrow(expect.objectContaining({ code: 'upstream_auth' }));
  });
});
