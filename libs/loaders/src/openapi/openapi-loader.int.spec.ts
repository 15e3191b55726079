import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject, McpBackend, McpCallContext, McpOutcome } from '@mcp-hub/application';
import type { ServerEntry } from '@mcp-hub/domain';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { stringify as toYaml } from 'yaml';
import {
  aCallContext,
  aLoadContext,
  aLoadRequest,
  anOpenApiConfig,
  failureOf,
  localPolicy,
  strictPolicy,
} from '../../test/loading.js';
import {
  eventually,
  recordingServer,
  sendJson,
  type Answer,
  type RecordingServer,
} from '../../test/recording-server.js';
import { OpenApiLoader } from './openapi-loader.js';
import type { DocumentSources } from './document-sources.js';

const document = {
  openapi: '3.1.0',
  info: { title: 'Pets', version: '3.2.1' },
  servers: [{ url: '/api' }],
  paths: {
    '/pets/{id}': {
      parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string' } }],
      get: {
        operationId: 'getPet',
        parameters: [
          { in: 'query', name: 'fields', schema: { type: 'array', items: { type: 'string' } } },
          { in: 'header', name: 'X-Trace', schema: { type: 'string' } },
        ],
      },
      put: {
        operationId: 'putPet',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { properties: { name: { type: 'string' } }, required: ['name'] } } },
        },
      },
    },
  },
};

let server: RecordingServer;
let answer: Answer;
let folder = '';
const open: McpBackend[] = [];

beforeEach(async () => {
  answer = (request, response) =>
    request.url === '/docs/openapi' ? sendJson(response, document) : sendJson(response, { ok: true });
  server = await recordingServer((request, response) => answer(request, response));
  folder = await mkdtemp(join(tmpdir(), 'mcp-hub-documents-'));
});
afterEach(async () => {
  for (const backend of open.splice(0)) await backend.close();
  await server.close();
  await rm(folder, { recursive: true });
});

async function load(
  config: Parameters<typeof anOpenApiConfig>[0],
  {
    spec,
    entry = {},
    sources = {},
    signal,
  }: {
    spec?: unknown;
    entry?: Partial<ServerEntry>;
    sources?: Partial<DocumentSources>;
    signal?: AbortSignal;
  } = {},
): Promise<McpBackend> {
  const loader = new OpenApiLoader({
    policy: localPolicy,
    fileRoots: [folder],
    threads: { file: new URL(inject('threadFile')) },
    ...sources,
  });
  const request = aLoadRequest({ openapi_config: anOpenApiConfig(config), ...entry }, spec);
  const backend = await loader.load(request, aLoadContext(signal));
  open.push(backend);
  return backend;
}

function callTool(
  backend: McpBackend,
  name: string,
  args: JsonObject,
  context: Partial<McpCallContext> = {},
): Promise<McpOutcome> {
  return backend.call({ method: 'tools/call', params: { name, arguments: args } }, aCallContext(context));
}

const toolNames = async (backend: McpBackend) =>
  (await backend.describe(new AbortController().signal)).tools.map(({ name }) => name);
const lastRequest = () => server.received.at(-1);

describe('OpenApiLoader', () => {
  describe('finds the document', () => {
    it('by URL, relative servers resolved against it', async () => {
      const backend = await load({ url: `${server.url}/docs/openapi` });
      await callTool(backend, 'getPet', { id: 'a' });
      expect(lastRequest()?.url).toBe('/api/pets/a');
    });

    it('by URL as YAML, behind a redirect', async () => {
      answer = (request, response) => {
        if (request.url === '/old') response.writeHead(301, { location: '/docs/new.yaml' }).end();
        else response.end(toYaml({ ...document, servers: [{ url: 'v9' }] }));
      };
      const backend = await load({ url: `${server.url}/old` });
      await callTool(backend, 'getPet', { id: 'a' });
      expect(lastRequest()?.url).toBe('/docs/v9/pets/a');
    });

    it.each([
      ['JSON', JSON.stringify(document)],
      ['YAML', toYaml(document)],
    ])('inline as %s', async (_, spec) => {
      const backend = await load({ base_url: `${server.url}/base/` }, { spec });
      await callTool(backend, 'getPet', { id: 'a' });
      expect(lastRequest()?.url).toBe('/base/pets/a');
    });

    it('by a path under a root', async () => {
      await mkdir(join(folder, 'docs'));
      await writeFile(join(folder, 'docs/pets.yaml'), toYaml(document));
      for (const url of ['docs/pets.yaml', join(folder, 'docs/pets.yaml'), `file://${folder}/docs/pets.yaml`]) {
        expect(await toolNames(await load({ url, base_url: server.url }))).toEqual(['getPet', 'putPet']);
      }
    });
  });

  describe('tells why it can’t load', () => {
    it.each([
      [404, false],
      [401, false],
      [503, true],
      [429, true],
    ])('where the document answers %s', async (status, isTransient) => {
      answer = (_, response) => response.writeHead(status).end();
      const failure = await failureOf(load({ url: `${server.url}/gone?key=secret` }));
      expect(failure).toMatchObject({ code: 'document_unreachable', isTransient });
      expect(failure.message).toContain(`HTTP ${status}`);
      expect(failure.message).not.toContain('secret');
    });

    it('where nobody listens', async () => {
      const gone = await recordingServer();
      await gone.close();
      const failure = await failureOf(load({ url: `${gone.url}/openapi.json` }));
      expect(failure).toMatchObject({ code: 'document_unreachable', isTransient: true });
      expect(failure.message).toContain('the connection was refused');
    });

    it('where it is not converted in time', async () => {
      const operations = Array.from({ length: 20_000 }, (_, index) => [
        `/${index}`,
        { get: { operationId: `op${index}` } },
      ]);
      const spec = { ...document, paths: Object.fromEntries(operations) as JsonObject };
      const signal = AbortSignal.timeout(50);
      const failure = await failureOf(load({ base_url: server.url }, { spec, signal }));
      expect(failure).toMatchObject({ code: 'start_timeout', isTransient: true });
    });

    it('where the document does not come in time', async () => {
      answer = () => undefined;
      const failure = await failureOf(load({ url: `${server.url}/slow`, timeout: 0.05 }));
      expect(failure).toMatchObject({ code: 'document_unreachable', isTransient: true });
    });

    it('where a load is called off', async () => {
      const controller = new AbortController();
      answer = () => controller.abort();
      await failureOf(load({ url: `${server.url}/slow` }, { signal: controller.signal }));
      await eventually(() => server.aborted === 1);
    });

    it.each<[string, unknown, string]>([
      ['a web page', '<html></html>', 'HTML'],
      ['broken YAML', 'openapi: 3.0.0\n\tpaths: {}', 'neither JSON nor YAML'],
      ['no absolute server', document, 'base_url'],
    ])('where the document is %s', async (_, spec, message) => {
      const failure = await failureOf(load({}, { spec }));
      expect(failure).toMatchObject({ code: 'document_invalid', isTransient: false });
      expect(failure.message).toContain(message);
    });

    it('where egress is refused', async () => {
      const failure = await failureOf(
        load({ url: `${server.url}/docs/openapi` }, { sources: { policy: strictPolicy } }),
      );
      expect(failure).toMatchObject({ code: 'egress_refused', isTransient: false });
      expect(server.received).toEqual([]);
    });

    it.each(['../outside.yaml', '/etc/hostname', 'link.yaml'])('where %s leads out of the roots', async (url) => {
      await symlink('/etc/hostname', join(folder, 'link.yaml'));
      expect(await failureOf(load({ url }))).toMatchObject({ code: 'policy_refused', isTransient: false });
    });

    it('where there is no such file', async () => {
      expect(await failureOf(load({ url: 'none.yaml' }))).toMatchObject({
        code: 'document_unreachable',
        isTransient: false,
      });
    });
  });
});

describe('OpenApiBackend', () => {
  const aBackend = (entry: Partial<ServerEntry> = {}, config = {}) =>
    load({ base_url: `${server.url}/api`, ...config }, { spec: document, entry });

  it('describes the API', async () => {
    const description = await (await aBackend()).describe(new AbortController().signal);
    expect(description).toMatchObject({
      serverInfo: { name: 'sample', title: 'Pets', version: '3.2.1' },
      capabilities: { tools: {} },
      tools: [{ name: 'getPet' }, { name: 'putPet' }],
      resources: [],
    });
  });

  it('sends a GET as the document says', async () => {
    const outcome = await callTool(await aBackend({}, { headers: { 'X-Team': 'blue' } }), 'getPet', {
      id: 'a/b c',
      fields: ['x', 'y'],
      'X-Trace': 't1',
    });
    expect(lastRequest()).toMatchObject({
      method: 'GET',
      url: '/api/pets/a%2Fb%20c?fields=x&fields=y',
      headers: { 'x-trace': 't1', 'x-team': 'blue' },
      body: Buffer.alloc(0),
    });
    expect(outcome).toMatchObject({
      kind: 'complete',
      result: { content: [{ type: 'text', text: '{"ok":true}' }], structuredContent: { ok: true } },
    });
  });

  it('sends a JSON body', async () => {
    await callTool(await aBackend(), 'putPet', { id: '1', name: 'Rex ü' });
    expect(lastRequest()).toMatchObject({
      method: 'PUT',
      url: '/api/pets/1',
      headers: { 'content-type': 'application/json', 'content-length': '17' },
      body: Buffer.from('{"name":"Rex ü"}'),
    });
  });

  it.each<[string, ServerEntry['auth_config'], JsonObject]>([
    ['bearer', { type: 'bearer', token: 't' }, { authorization: 'Bearer t' }],
    ['basic', { type: 'basic', username: 'u', password: 'p' }, { authorization: 'Basic dTpw' }],
    ['api_key', { type: 'api_key', api_key: 'k' }, { 'x-api-key': 'k' }],
  ])('authenticates by %s', async (_, auth_config, headers) => {
    await callTool(await aBackend(auth_config ? { auth_config } : {}), 'getPet', { id: 'a' });
    expect(lastRequest()?.headers).toMatchObject(headers);
  });

  it('passes on the client headers that it is given', async () => {
    await callTool(await aBackend(), 'getPet', { id: 'a' }, { forwardedHeaders: { 'x-request-id': 'r1' } });
    expect(lastRequest()?.headers['x-request-id']).toBe('r1');
  });

  it.each([{ id: '..' }, { id: '' }, {}, { id: 'a', fields: 'x', unknown: 1 }])(
    'sends nothing for %j',
    async (args) => {
      expect(await callTool(await aBackend(), 'getPet', args)).toMatchObject({
        kind: 'complete',
        result: { isError: true },
      });
      expect(server.received).toEqual([]);
    },
  );

  it('reports what the API refuses', async () => {
    answer = (_, response) => sendJson(response, { message: 'gone' }, 404);
    expect(await callTool(await aBackend(), 'getPet', { id: 'a' })).toMatchObject({
      result: { isError: true, content: [{ text: 'HTTP 404 Not Found\n{"message":"gone"}' }] },
    });
  });

  it('reports an API that can’t be reached', async () => {
    const backend = await aBackend();
    await server.close();
    expect(await callTool(backend, 'getPet', { id: 'a' })).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringContaining('the connection was refused') as string }] },
    });
  });

  it('reports an API that does not answer in time', async () => {
    answer = () => undefined;
    expect(await callTool(await aBackend({}, { timeout: 0.05 }), 'getPet', { id: 'a' })).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringContaining('within 0.05 s') as string }] },
    });
    await eventually(() => server.aborted === 1);
  });

  it('reports a name that has come to mean a forbidden address', async () => {
    const sources = { resolveHost: async () => [{ address: '169.254.169.254', family: 4 }] };
    const backend = await load({ base_url: 'http://rebound.test' }, { spec: document, sources });
    expect(await callTool(backend, 'getPet', { id: 'a' })).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringContaining('egress_refused') as string }] },
    });
  });

  it('closes the connection to the API when the caller cancels', async () => {
    const controller = new AbortController();
    answer = () => controller.abort();
    const outcome = await callTool(await aBackend(), 'getPet', { id: 'a' }, { signal: controller.signal });
    expect(outcome).toMatchObject({ kind: 'error', data: { outcome: 'unknown' } });
    await eventually(() => server.aborted === 1);
  });

  it('ends calls that are under way when it is closed', async () => {
    answer = () => undefined;
    const backend = await aBackend();
    const outcome = callTool(backend, 'getPet', { id: 'a' });
    await eventually(() => server.received.length === 1);
    await backend.close();
    await backend.close();
    expect(await outcome).toMatchObject({ kind: 'error', data: { outcome: 'unknown' } });
  });

  it.each<[string, JsonObject, unknown]>([
    ['ping', {}, { kind: 'complete', result: {} }],
    ['tools/list', { cursor: 'x' }, { kind: 'error', code: -32602 }],
    ['tools/call', { name: 'nope' }, { kind: 'error', code: -32602 }],
    ['tools/call', {}, { kind: 'error', code: -32602 }],
    ['tools/call', { name: 'getPet', arguments: [] }, { kind: 'error', code: -32602 }],
    ['resources/list', {}, { kind: 'error', code: -32601 }],
  ])('answers %s %j', async (method, params, expected) => {
    expect(await (await aBackend()).call({ method, params }, aCallContext())).toMatchObject(expected as object);
  });

  it('lists its tools on one page', async () => {
    const outcome = await (await aBackend()).call({ method: 'tools/list', params: {} }, aCallContext());
    expect(outcome).toMatchObject({ kind: 'complete', result: { tools: [{ name: 'getPet' }, { name: 'putPet' }] } });
    expect(outcome).not.toHaveProperty('result.nextCursor');
  });
});
