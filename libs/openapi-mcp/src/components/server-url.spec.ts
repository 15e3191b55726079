import { describe, expect, it } from 'vitest';
import { entryServerUrl, serverUrl, type ServerOptions } from './server-url.js';

const documentUrl = 'https://docs.example/apis/openapi.json';

function url(servers: unknown[], options: Partial<ServerOptions> = {}): string {
  const found = serverUrl(servers, { variables: {}, ...options });
  return found.ok ? found.url : `refused: ${found.message}`;
}

describe('the URL of a server', () => {
  it.each<[unknown[], Partial<ServerOptions>, string]>([
    [[{ url: 'https://a.example/v1/' }], {}, 'https://a.example/v1'],
    [[{ url: ' https://a.example ' }], {}, 'https://a.example'],
    [[{ url: 'https://a.example/v1?x=1#y' }], {}, 'https://a.example/v1'],
    [[{ url: 'https://a.example/a/../b' }], {}, 'https://a.example/b'],
    [[{ url: '/v2' }], { documentUrl }, 'https://docs.example/v2'],
    [[{ url: './v2' }], { documentUrl }, 'https://docs.example/apis/v2'],
    [[{ url: '' }], { documentUrl }, 'https://docs.example'],
    [[], { documentUrl }, 'https://docs.example'],
    [['no object', null], { documentUrl }, 'https://docs.example'],
    [[{ url: '//a.example/v1' }], {}, 'https://a.example/v1'],
    [[{ url: '//a.example/v1' }], { documentUrl: 'http://docs.example' }, 'http://a.example/v1'],
    [[{ url: '/v1' }, { url: 'https://a.example' }], {}, 'https://a.example'],
    [[{ url: 'https://{x}' }, { url: 'https://a.example' }], {}, 'https://a.example'],
  ])('%j with %j is %s', (servers, options, expected) => {
    expect(url(servers, options)).toBe(expected);
  });

  it.each<[unknown, Record<string, string>, string]>([
    [{ default: 'eu' }, {}, 'https://eu.example'],
    [{ default: 'eu' }, { region: 'us' }, 'https://us.example'],
    [{ default: 1 }, {}, 'https://1.example'],
    [{ default: 'eu', enum: ['us'] }, {}, 'https://eu.example'],
    [{ enum: ['us', 'eu'] }, {}, 'https://us.example'],
    [{ enum: [1, 2] }, { region: '2' }, 'https://2.example'],
    [{ default: 'eu', enum: [] }, { region: 'us' }, 'https://us.example'],
  ])('with the variable %j, given %j, is %s', (region, variables, expected) => {
    expect(url([{ url: 'https://{region}.example', variables: { region } }], { variables })).toBe(expected);
  });

  it('is refused for every variable that is wrong, whatever other servers there are', () => {
    const variables = { a: { enum: ['1'] }, b: { enum: ['2'] } };
    const found = serverUrl([{ url: 'https://{a}.{b}', variables }, { url: 'https://ok.example' }], {
      variables: { a: 'x', b: 'y' },
    });
    expect(found).toMatchObject({ ok: false, isByEntry: true });
    expect(found).toHaveProperty('message', expect.stringMatching(/server_variables\.a .*server_variables\.b /));
  });

  it.each([
    ['/v1', 'openapi_config.base_url'],
    ['ftp://a.example', 'neither http nor https'],
    ['https://user:pw@a.example', 'user information'],
    ['https://{constructor}', 'server_variables.constructor'],
  ])('%s is refused', (template, message) => {
    expect(url([{ url: template }])).toContain(message);
  });

  it('that the entry gives keeps its base path', () => {
    expect(entryServerUrl('http://a.example:8080/base/')).toEqual({ ok: true, url: 'http://a.example:8080/base' });
  });
});
