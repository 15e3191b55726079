import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import type { JsonObject } from '../document/json.js';
import { loadDocument } from '../document/load-document.js';
import { References } from '../document/references.js';
import { documentDefaults } from './document-defaults.js';

function defaults(root: JsonObject, documentUrl?: string) {
  const loaded = loadDocument(root);
  if (!loaded.ok) throw new Error(loaded.message);
  return documentDefaults(loaded.document, new References(root, new Diagnostics()), documentUrl);
}

describe('documentDefaults', () => {
  it.each<[JsonObject, string | undefined, string]>([
    [{ host: 'h', basePath: '/b', schemes: ['http', 'https'] }, undefined, 'https://h/b'],
    [{ host: 'h', basePath: '/b', schemes: ['HTTP', 'ws'] }, undefined, 'http://h/b'],
    [{ host: 'h:8', basePath: 'b/' }, 'http://d.example/x.json', 'http://h:8/b/'],
    [{ host: 'h' }, undefined, 'https://h/'],
    [{ host: 'h' }, 'file:///x.json', 'https://h/'],
    [{ host: 'http://h/ignored' }, undefined, 'http://h/'],
    [{ basePath: '/b' }, 'http://d.example/x.json', '/b'],
    [{}, undefined, '/'],
  ])('%j of Swagger 2.0 read at %s is served at %s', (root, documentUrl, url) => {
    expect(defaults({ swagger: '2.0', ...root }, documentUrl).servers).toEqual([{ url }]);
  });

  it('gives the security definitions of Swagger 2.0 the shape of OpenAPI 3', () => {
    const oauth2 = (flow: string) => ({
      type: 'oauth2',
      flow,
      authorizationUrl: 'a',
      tokenUrl: 't',
      scopes: { s: 'S' },
    });
    const flow = { authorizationUrl: 'a', tokenUrl: 't', scopes: { s: 'S' } };
    const securityDefinitions = {
      login: { type: 'basic', description: 'd' },
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      implicit: oauth2('implicit'),
      password: oauth2('password'),
      application: oauth2('application'),
      code: oauth2('accessCode'),
      broken: null,
    };
    expect(defaults({ swagger: '2.0', securityDefinitions, security: [{ key: [] }] })).toMatchObject({
      security: [{ key: [] }],
      securitySchemes: {
        login: { type: 'http', scheme: 'basic', description: 'd' },
        key: { type: 'apiKey', in: 'header', name: 'X-Key' },
        implicit: { type: 'oauth2', flows: { implicit: flow } },
        password: { type: 'oauth2', flows: { password: flow } },
        application: { type: 'oauth2', flows: { clientCredentials: flow } },
        code: { type: 'oauth2', flows: { authorizationCode: flow } },
        broken: null,
      },
    });
  });

  it('follows sections that are in another place', () => {
    const root = {
      openapi: '3.0.0',
      components: { $ref: '#/x-components' },
      'x-components': { securitySchemes: { $ref: '#/x-schemes' } },
      'x-schemes': { key: { type: 'apiKey' } },
    };
    expect(defaults(root).securitySchemes).toEqual({ key: { type: 'apiKey' } });
  });

  it('takes a server that is only a URL', () => {
    expect(defaults({ openapi: '3.0.0', servers: ['https://a.example', null, { url: '/b' }] }).servers).toEqual([
      { url: 'https://a.example' },
      { url: '/b' },
    ]);
  });
});
