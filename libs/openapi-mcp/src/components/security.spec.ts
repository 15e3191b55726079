import type { AuthConfig } from '@mcp-hub/domain';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../document/diagnostics.js';
import { References } from '../document/references.js';
import type { Operation } from '../operations/operation.js';
import { DocumentSecurity, type Credential } from './security.js';

const schemes = {
  key: { type: 'apiKey', in: 'header', name: 'X-Key' },
  app: { type: 'apiKey', in: 'query', name: 'app' },
  bearer: { type: 'http', scheme: 'BEARER' },
  basic: { type: 'http', scheme: 'basic' },
  oauth: { type: 'oauth2', flows: {} },
  token: { type: 'http', scheme: 'Token' },
  digest: { type: 'http', scheme: 'Digest' },
  evil: { type: 'http', scheme: 'a\r\nb' },
  badKey: { type: 'apiKey', in: 'header', name: 'x y' },
  mutual: { type: 'mutualTLS' },
  reference: { $ref: '#/components/securitySchemes/key' },
};
const bearer: AuthConfig = { type: 'bearer', token: 't' };
const key: AuthConfig = { type: 'api_key', api_key: 'k' };
const oauth2_config = { token_url: 'https://t.example', client_id: 'i', client_secret: 's', scopes: [] };

function operation(security: unknown[] | undefined): Operation {
  return {
    pointer: '/paths/~1t/get',
    method: 'GET',
    path: '/t',
    tags: [],
    isDeprecated: false,
    parameters: [],
    responseTypes: [],
    servers: [],
    ...(security === undefined ? {} : { security }),
  };
}

function credentials(
  security: unknown[] | undefined,
  auth: AuthConfig | undefined,
  securitySchemes: Record<string, unknown> = schemes,
): { sent: Credential[]; told: string[] } {
  const diagnostics = new Diagnostics();
  const one = operation(security);
  const references = new References({ components: { securitySchemes } }, diagnostics);
  const sent = new DocumentSecurity(
    { servers: [], securitySchemes },
    [one],
    auth,
    references,
    diagnostics,
  ).credentialsFor(one);
  return { sent, told: diagnostics.list().map(({ code, pointer }) => `${code} ${pointer}`) };
}

const authorization = (value: string) => [{ place: 'header', name: 'Authorization', value }];
const missing = (name: string) => `security_not_configured /components/securitySchemes/${name}`;

describe('credentials of an operation', () => {
  it.each<[string, unknown[], AuthConfig, unknown]>([
    ['a bearer token', [{ bearer: [] }], bearer, authorization('Bearer t')],
    ['a token for oauth2', [{ oauth: ['read'] }], bearer, authorization('Bearer t')],
    ['a token with a scheme of the API’s own', [{ token: [] }], bearer, authorization('Token t')],
    [
      'a token that has to be asked for',
      [{ oauth: [] }],
      { type: 'oauth2', oauth2_config },
      [{ place: 'header', name: 'Authorization', oauth2: oauth2_config }],
    ],
    ['a key by reference', [{ reference: [] }], key, [{ place: 'header', name: 'X-Key', value: 'k' }]],
    ['one header for two schemes that take it', [{ bearer: [], oauth: [] }], bearer, authorization('Bearer t')],
    [
      'the first whole alternative',
      [{ basic: [] }, { bearer: [], basic: [] }, { oauth: [] }],
      bearer,
      authorization('Bearer t'),
    ],
  ])('are %s', (_, security, auth, expected) => {
    expect(credentials(security, auth)).toEqual({ sent: expected, told: [] });
  });

  it('are none for "security: []", or where only the anonymous is allowed', () => {
    expect(credentials([], bearer)).toEqual({ sent: [], told: [] });
    expect(credentials([{}], bearer)).toEqual({ sent: [], told: [] });
  });

  it('are sent where they are optional, and not asked for', () => {
    expect(credentials([{}, { bearer: [] }], bearer).sent).toEqual(authorization('Bearer t'));
    expect(credentials([{}, { bearer: [] }], undefined)).toEqual({ sent: [], told: [] });
  });

  it('give one key to one scheme', () => {
    expect(credentials([{ key: [], app: [] }], key)).toEqual({
      sent: [{ place: 'header', name: 'X-Key', value: 'k' }],
      told: [missing('app')],
    });
  });

  it.each(['digest', 'evil', 'badKey', 'mutual'])(
    'are as configured where %s is the only scheme that is demanded',
    (name) => {
      expect(credentials([{ [name]: [] }], bearer)).toEqual({ sent: authorization('Bearer t'), told: [missing(name)] });
    },
  );

  it('are as configured where the document says nothing, or nothing that can be read', () => {
    expect(credentials(undefined, bearer).sent).toEqual(authorization('Bearer t'));
    expect(credentials(['bearer'], bearer).sent).toEqual(authorization('Bearer t'));
    expect(credentials(undefined, { type: 'schemes', schemes: { bearer } })).toEqual({ sent: [], told: [] });
  });

  it('name a scheme that is demanded but not declared', () => {
    expect(credentials([{ nowhere: [] }], undefined).told).toEqual([missing('nowhere')]);
    expect(credentials([{ __proto__: [], constructor: [] }], undefined).told).toEqual([missing('constructor')]);
  });

  it('name a configured scheme that the document does not declare', () => {
    const auth: AuthConfig = { type: 'schemes', schemes: { Bearer: bearer } };
    expect(credentials([{ bearer: [] }], auth).told).toEqual([
      'security_scheme_unknown /components/securitySchemes',
      missing('bearer'),
    ]);
  });
});
