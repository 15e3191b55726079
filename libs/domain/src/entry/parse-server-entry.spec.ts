import { describe, expect, it } from 'vitest';
import type { Issue } from '../hub-error.js';
import type { ServerEntry } from '../server-entry.js';
import { readOnlyFields } from './entry-schema.js';
import { parseServerEntry } from './parse-server-entry.js';

const now = '2026-01-02T03:04:05Z';
const minimal = { id: 'weather', name: 'Weather', description: '' };

function accept(fields: object): ServerEntry {
  const result = parseServerEntry({ ...minimal, ...fields }, { now });
  expect(result.ok ? [] : result.issues).toEqual([]);
  if (!result.ok) throw new Error('refused');
  return result.entry;
}

function refuse(input: unknown): Issue[] {
  const result = parseServerEntry(input, { now });
  if (result.ok) throw new Error(`accepted: ${JSON.stringify(result.entry)}`);
  return result.issues;
}

const places = (issues: readonly Issue[]): string[] => issues.map(({ path, code }) => `${path}: ${code}`);

describe('parseServerEntry', () => {
  it('fills in the defaults of section 1 and no hub-wide ones', () => {
    expect(accept({})).toEqual({
      ...minimal,
      version_detail: { version: '1.0.0', release_date: now, is_latest: true },
      packages: [],
      remotes: [],
      tags: [],
      enabled: true,
      activation: 'eager',
      replicas: 1,
      session_recovery: 'transparent',
      isolation: 'shared',
      forward_headers: [],
    });
  });

  it('fills in the defaults of a package', () => {
    const [first] = accept({
      packages: [
        {
          registry_name: 'npm',
          name: '@scope/server',
          transport: {},
          package_arguments: [{ value: 'serve' }, { name: '--root', value: '/' }],
          environment_variables: [{ name: 'A' }, { name: 'B', is_required: false }],
        },
      ],
    }).packages;
    const argument = { description: '', is_required: true, format: 'string' };
    expect(first).toEqual({
      registry_name: 'npm',
      name: '@scope/server',
      version: '',
      transport: { type: 'stdio' },
      package_arguments: [
        { ...argument, type: 'positional', value: 'serve' },
        { ...argument, type: 'named', name: '--root', value: '/' },
      ],
      runtime_arguments: [],
      environment_variables: [
        { name: 'A', description: '', required: true, is_secret: false },
        { name: 'B', description: '', required: false, is_secret: false },
      ],
    });
  });

  it('fills in the defaults of openapi_config', () => {
    const { openapi_config: config } = accept({
      openapi_config: { url: 'https://a.example/o.json', route_maps: [{}] },
    });
    expect(config).toEqual({
      url: 'https://a.example/o.json',
      timeout: 30,
      route_maps: [{ methods: ['*'], pattern: '.*', tags: [], mcp_type: 'TOOL', mcp_tags: [] }],
      headers: {},
      server_variables: {},
      output_schemas: 'lenient',
      schema_refs: 'keep',
      external_refs: false,
      exclude_deprecated: false,
    });
  });

  it('parses what it gave to the same again', () => {
    const entry = accept({
      packages: [{ registry_name: 'npm', name: 'a', environment_variables: [{ name: 'A', value: 8080 }] }],
      remotes: [{ transport_type: 'sse', url: 'https://a.example/sse' }],
      openapi_config: { spec: { openapi: '3.1.0' }, routing_rules: [{ path_pattern: '^/a', type: 'resource' }] },
      repository: { url: 'https://github.com/a/b' },
    });
    expect(parseServerEntry(entry, { now: '2030-01-01T00:00:00Z' })).toMatchObject({ ok: true, entry, warnings: [] });
  });

  it('reports all problems of an entry at once', () => {
    const issues = refuse({
      id: 'Not A Slug',
      description: 7,
      replicas: 33,
      packages: [{ registry_name: 'npm', version: '^1.0.0' }, 'x'],
      openapi_config: { route_maps: [{ pattern: '(' }] },
      remoets: [],
    });
    expect(places(issues)).toEqual([
      'id: wrong_form',
      'name: required',
      'description: wrong_type',
      'packages[0].name: required',
      'packages[1]: wrong_type',
      'openapi_config.route_maps[0].pattern: wrong_pattern',
      'replicas: out_of_range',
      'remoets: unknown_field',
    ]);
  });

  it('names the nearest known field for an unknown one', () => {
    const [issue] = refuse({ ...minimal, packages: [{ registry_name: 'npm', name: 'a', environmentVariables: [] }] });
    expect(issue).toEqual({
      path: 'packages[0].environmentVariables',
      message: 'is not a known field; perhaps environment_variables was meant',
      code: 'unknown_field',
    });
  });

  it('lists the known fields where none is near', () => {
    const [issue] = refuse({ ...minimal, repository: { zzz: 1 } });
    expect(issue?.message).toBe('is not a known field here; known are url, source, id');
  });

  it('keeps x- fields', () => {
    const entry = accept({ 'x-legacy-id': 'u-u', repository: { 'x-stars': 5 } });
    expect(entry['x-legacy-id']).toBe('u-u');
    expect(entry.repository).toEqual({ url: '', source: 'github', 'x-stars': 5 });
  });

  it('refuses x- fields under auth_config, whose values are all secret', () => {
    const auth_config = { type: 'bearer', token: 't', 'x-other': 's' };
    expect(places(refuse({ ...minimal, auth_config }))).toEqual(['auth_config.x-other: unknown_field']);
  });

  it('ignores what answers add to an entry', () => {
    const answer = Object.fromEntries(readOnlyFields.map((name) => [name, { anything: [1] }]));
    expect(accept(answer)).toEqual(accept({}));
  });

  it('takes null for not given', () => {
    expect(accept({ auth_config: null, tags: null, openapi_config: null, replicas: null })).toEqual(accept({}));
  });

  it('computes is_latest itself', () => {
    expect(accept({ version_detail: { version: '2.0.0', is_latest: false } }).version_detail).toEqual({
      version: '2.0.0',
      release_date: now,
      is_latest: true,
    });
  });

  it.each([
    ['GitHub API', 'github-api'],
    ['io.github.user/weather', 'io.github.user.weather'],
  ])('derives the id of "%s"', (name, id) => {
    expect(parseServerEntry({ name, description: '' }, { now })).toMatchObject({
      ok: true,
      idIsDerived: true,
      entry: { id },
    });
  });

  it('says that a given id is no derived one', () => {
    expect(parseServerEntry(minimal, { now })).toMatchObject({ ok: true, idIsDerived: false });
  });

  it.each([['text'], [[minimal]], [null], [undefined], [7]])('refuses %j as a whole', (input) => {
    expect(places(refuse(input))).toEqual([': wrong_type']);
  });

  const npm = { registry_name: 'npm', name: 'server' };
  const withPackage = (fields: object): object => ({ packages: [{ ...npm, ...fields }] });
  const withAuth = (auth_config: object): object => ({ auth_config });
  const withRemote = (fields: object): object => ({
    remotes: [{ type: 'sse', url: 'https://a.example/mcp', ...fields }],
  });
  const withConfig = (fields: object): object => ({ openapi_config: { url: 'https://a.example/o.json', ...fields } });

  it.each<[string, object, string]>([
    ['an id in capitals', { id: 'Weather' }, 'id: wrong_form'],
    ['an id of one character', { id: 'w' }, 'id: wrong_form'],
    ['an id that ends with a dot', { id: 'weather.' }, 'id: wrong_form'],
    ['an id with a slash', { id: 'a/b' }, 'id: wrong_form'],
    ['an id of 129 characters', { id: 'a'.repeat(129) }, 'id: too_long'],
    ['a blank name', { name: '  ' }, 'name: too_short'],
    ['a name of 201 characters', { name: 'é'.repeat(201) }, 'name: too_long'],
    ['a name with a line break', { name: 'a\nb' }, 'name: control_character'],
    ['no description', { description: undefined }, 'description: required'],
    ['a script as repository', { repository: { url: 'javascript:alert(1)' } }, 'repository.url: wrong_form'],
    ['a version that is a number', { version_detail: { version: 1.1 } }, 'version_detail.version: wrong_type'],
    ['latest as version', { version_detail: { version: 'latest' } }, 'version_detail.version: wrong_version'],
    ['a range as version', { version_detail: { version: '>=1.0.0 <2.0.0' } }, 'version_detail.version: wrong_version'],
    [
      'a date that is none',
      { version_detail: { release_date: '2025-13-45T00:00:00Z' } },
      'version_detail.release_date: wrong_form',
    ],
    ['replicas 0', { replicas: 0 }, 'replicas: out_of_range'],
    ['replicas 1.5', { replicas: 1.5 }, 'replicas: wrong_type'],
    ['replicas in quotes', { replicas: '2' }, 'replicas: wrong_type'],
    ['enabled in quotes', { enabled: 'false' }, 'enabled: wrong_type'],
    ['an unknown activation', { activation: 'lazy' }, 'activation: not_allowed'],
    ['an unknown isolation', { isolation: 'process' }, 'isolation: not_allowed'],
    ['an unknown session_recovery', { session_recovery: 1 }, 'session_recovery: wrong_type'],
    ['an alias with capitals', { alias: 'GH' }, 'alias: wrong_form'],
    ['a negative delay', { retry_delay: -1 }, 'retry_delay: out_of_range'],
    ['an infinite timeout', { health_check_timeout: Number.POSITIVE_INFINITY }, 'health_check_timeout: wrong_type'],
    ['an unknown limit', { limits: { memory: 1 } }, 'limits.memory: unknown_field'],
    ['tags as text', { tags: 'a,b' }, 'tags: wrong_type'],
    ['an empty tag', { tags: [''] }, 'tags[0]: too_short'],
    ['forwarding Authorization', { forward_headers: ['X-A', 'AUTHORIZATION'] }, 'forward_headers[1]: wrong_name'],
    ['forwarding Cookie', { forward_headers: ['cookie'] }, 'forward_headers[0]: wrong_name'],
    ['forwarding mcp- headers', { forward_headers: ['Mcp-Session-Id'] }, 'forward_headers[0]: wrong_name'],
    ['forwarding one header twice', { forward_headers: ['X-A', 'x-a'] }, 'forward_headers[1]: duplicate'],
    ['a loader without its configuration', { loader_type: 'openapi' }, 'loader_type: conflict'],
    ['a loader that does not exist', { loader_type: 'opnapi' }, 'loader_type: not_allowed'],
    ['a module without path', { module_config: {} }, 'module_config.path: required'],
    [
      'a factory that is no name',
      { module_config: { path: 'a.js', factory: 'a()' } },
      'module_config.factory: wrong_form',
    ],
    ['a caret range', withPackage({ version: '^1.0.0' }), 'packages[0].version: wrong_version'],
    ['a file version', withPackage({ version: 'file:../x' }), 'packages[0].version: wrong_version'],
    ['an npm name with a version', withPackage({ name: 'server@1.0.0' }), 'packages[0].name: wrong_name'],
    ['a name that reads as an option', withPackage({ name: '--registry=x' }), 'packages[0].name: wrong_name'],
    [
      'a named argument without name',
      withPackage({ package_arguments: [{ type: 'named' }] }),
      'packages[0].package_arguments[0].name: required',
    ],
    [
      'a variable name with =',
      withPackage({ environment_variables: [{ name: 'A=B' }] }),
      'packages[0].environment_variables[0].name: wrong_form',
    ],
    [
      'a variable twice',
      withPackage({ environment_variables: [{ name: 'A' }, { name: 'A' }] }),
      'packages[0].environment_variables[1].name: duplicate',
    ],
    ['a transport without url', withPackage({ transport: { type: 'sse' } }), 'packages[0].transport.url: required'],
    ['a remote without type', withRemote({ type: undefined }), 'remotes[0].type: required'],
    ['a remote that is no URL', withRemote({ url: 'a.example' }), 'remotes[0].url: wrong_form'],
    ['a remote file', withRemote({ url: 'file:///etc/passwd' }), 'remotes[0].url: wrong_form'],
    [
      'a header that is no token',
      withRemote({ headers: [{ name: 'A B', value: '1' }] }),
      'remotes[0].headers[0].name: wrong_name',
    ],
    [
      'a header with a line break',
      withRemote({ headers: [{ name: 'A', value: '1\r\nB: 2' }] }),
      'remotes[0].headers[0].value: control_character',
    ],
    [
      'a header twice',
      withRemote({
        headers: [
          { name: 'A', value: '1' },
          { name: 'a', value: '2' },
        ],
      }),
      'remotes[0].headers[1].name: duplicate',
    ],
    ['auth without type', withAuth({ token: 't' }), 'auth_config.type: required'],
    ['auth of an unknown type', withAuth({ type: 'bearar', token: 't' }), 'auth_config.type: not_allowed'],
    ['an empty token', withAuth({ type: 'bearer', token: '' }), 'auth_config.token: too_short'],
    [
      'a field of another type',
      withAuth({ type: 'bearer', token: 't', password: 'p' }),
      'auth_config.password: unknown_field',
    ],
    [
      'an API key in two places',
      withAuth({ type: 'api_key', api_key: 'k', header_name: 'A', query_name: 'a' }),
      'auth_config: conflict',
    ],
    [
      'a token URL that is none',
      withAuth({ type: 'oauth2', oauth2_config: { token_url: 'x', client_id: 'c', client_secret: 's' } }),
      'auth_config.oauth2_config.token_url: wrong_form',
    ],
    [
      'schemes within schemes',
      withAuth({ type: 'schemes', schemes: { a: { type: 'schemes', schemes: {} } } }),
      'auth_config.schemes.a.type: not_allowed',
    ],
    ['neither url nor spec', { openapi_config: {} }, 'openapi_config: required'],
    ['url and spec', withConfig({ spec: {} }), 'openapi_config.spec: conflict'],
    ['an empty spec', { openapi_config: { spec: ' ' } }, 'openapi_config.spec: wrong_type'],
    ['a spec that is a list', { openapi_config: { spec: [] } }, 'openapi_config.spec: wrong_type'],
    ['another scheme', withConfig({ url: 'ftp://a.example/o.json' }), 'openapi_config.url: wrong_form'],
    ['a broken URL', withConfig({ url: 'http://' }), 'openapi_config.url: wrong_form'],
    ['a reference in the url', withConfig({ url: 'https://${HOST}/o.json' }), 'openapi_config.url: wrong_form'],
    ['a relative base_url', withConfig({ base_url: '/v1' }), 'openapi_config.base_url: wrong_form'],
    ['a timeout of 0', withConfig({ timeout: 0 }), 'openapi_config.timeout: out_of_range'],
    [
      'an unknown component type',
      withConfig({ route_maps: [{ mcp_type: 'TOOLS' }] }),
      'openapi_config.route_maps[0].mcp_type: not_allowed',
    ],
    [
      'a method that is none',
      withConfig({ route_maps: [{ methods: ['G T'] }] }),
      'openapi_config.route_maps[0].methods[0]: wrong_form',
    ],
    [
      'a catastrophic pattern',
      withConfig({ route_maps: [{ pattern: '^(a+)+$' }] }),
      'openapi_config.route_maps[0].pattern: wrong_pattern',
    ],
    [
      'a rule without condition',
      withConfig({ route_map_fn: { rules: [{ mcp_type: 'TOOL' }] } }),
      'openapi_config.route_map_fn.rules[0]: required',
    ],
    [
      'a header of HTTP itself',
      withConfig({ headers: { 'Content-Length': '1' } }),
      'openapi_config.headers.Content-Length: wrong_name',
    ],
    [
      'two spellings of a header',
      withConfig({ headers: { 'X-A': '1', 'x-a': '2' } }),
      'openapi_config.headers.x-a: duplicate',
    ],
    ['a header that is an object', withConfig({ headers: { 'X-A': {} } }), 'openapi_config.headers.X-A: wrong_type'],
    ['no positive max_tools', withConfig({ max_tools: 0 }), 'openapi_config.max_tools: out_of_range'],
  ])('refuses %s', (_, fields, place) => {
    expect(places(refuse({ ...minimal, ...fields }))).toContain(place);
  });

  it.each<[string, object]>([
    ['an id of two characters', { id: 'a1' }],
    ['a name of 200 characters beyond the BMP', { name: '🌦'.repeat(200) }],
    ['a pre-release with an x in it', { version_detail: { version: '1.0.0-next.1' } }],
    ['a date as version', { version_detail: { version: '2025-06-18' } }],
    ['the newest package', withPackage({ version: 'latest' })],
    ['a package of an unknown registry', { packages: [{ registry_name: 'unknown', name: 'user/repo', version: '' }] }],
    [
      'an image with a digest',
      { packages: [{ registry_name: 'oci', name: 'ghcr.io/a/b', version: `sha256:${'a'.repeat(64)}` }] },
    ],
    ['references in a remote', withRemote({ url: '${BASE}/mcp', headers: [{ name: 'A', value: 'Bearer ${T:-}' }] })],
    [
      'a reference as token URL',
      withAuth({ type: 'oauth2', oauth2_config: { token_url: '${U}', client_id: '${C}', client_secret: '${S}' } }),
    ],
    [
      'one scheme each',
      withAuth({
        type: 'schemes',
        schemes: { a: { type: 'bearer', token: '${T}' }, b: { type: 'basic', username: 'u', password: '' } },
      }),
    ],
    ['a document in a file', { openapi_config: { url: 'specs/petstore.yaml' } }],
    ['a Windows path', { openapi_config: { url: 'C:\\specs\\petstore.yaml' } }],
    ['a document as text', { openapi_config: { spec: 'openapi: 3.1.0' } }],
    ['32 replicas', { replicas: 32 }],
  ])('accepts %s', (_, fields) => {
    accept(fields);
  });

  it('gives the inline document as it is, without looking at it', () => {
    const spec = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('walked');
        },
      },
    );
    expect(accept({ openapi_config: { spec } }).openapi_config?.spec).toBe(spec);
  });

  it('lets a config without document pass where one is stored', () => {
    const input = { ...minimal, openapi_config: { timeout: 5 } };
    expect(parseServerEntry(input, { now, hasStoredSpec: true }).ok).toBe(true);
  });

  it('takes numbers and booleans for values that are text', () => {
    const entry = accept({
      packages: [{ ...npm, environment_variables: [{ name: 'PORT', value: 8080, default: false }] }],
      openapi_config: { url: 'a.json', headers: { 'X-A': 1 }, server_variables: { port: 443 } },
    });
    expect(entry.packages[0]?.environment_variables[0]).toMatchObject({ value: '8080', default: 'false' });
    expect(entry.openapi_config).toMatchObject({ headers: { 'X-A': '1' }, server_variables: { port: '443' } });
  });

  it('normalises spelling where it has no meaning', () => {
    const entry = accept({
      tags: ['a', 'b', 'a'],
      packages: [{ registry_name: 'NPM', name: 'a' }],
      version_detail: { release_date: '2025-05-16' },
      ...withConfig({ route_maps: [{ methods: 'get', mcp_type: 'resource' }] }),
    });
    expect(entry.tags).toEqual(['a', 'b']);
    expect(entry.packages[0]?.registry_name).toBe('npm');
    expect(entry.version_detail.release_date).toBe('2025-05-16T00:00:00Z');
    expect(entry.openapi_config?.route_maps[0]).toMatchObject({ methods: ['GET'], mcp_type: 'RESOURCE' });
  });

  it('keeps the names oci and docker-hub as given', () => {
    const names = ['oci', 'docker-hub'];
    const entry = accept({ packages: names.map((registry_name) => ({ registry_name, name: 'a/b' })) });
    expect(entry.packages.map((each) => each.registry_name)).toEqual(names);
  });

  it.each([
    [{ has_tag: 'internal' }, 'EXCLUDE'],
    [{ has_tag: 'internal', mcp_type: 'TOOL' }, 'TOOL'],
    [{ path_contains: '/a' }, 'TOOL'],
    [{ path_contains: '/a', has_tag: 'internal' }, 'TOOL'],
  ])('gives the rule %j the type %s', (rule, mcp_type) => {
    const entry = accept(withConfig({ route_map_fn: { rules: [rule] } }));
    expect(entry.openapi_config?.route_map_fn?.rules[0]?.mcp_type).toBe(mcp_type);
  });

  it('warns of references where they are not replaced', () => {
    const input = { ...minimal, ...withPackage({ package_arguments: [{ value: '--key=${KEY}' }] }) };
    const result = parseServerEntry(input, { now });
    expect(places(result.warnings)).toEqual(['packages[0].package_arguments[0].value: reference_not_replaced']);
  });

  it('warns of what only looks like a reference', () => {
    const input = { ...minimal, ...withAuth({ type: 'bearer', token: '${input:token}' }) };
    expect(places(parseServerEntry(input, { now }).warnings)).toEqual(['auth_config.token: not_a_reference']);
  });
});
