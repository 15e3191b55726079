import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@mcp-hub/application';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDocument, anOpenApiLoader, anOperation, loadApi, textOf, type LoadedApi } from '../../test/openapi.js';
import { recordingServer, sendJson, type Answer, type RecordingServer } from '../../test/recording-server.js';

let api: RecordingServer;
let answer: Answer;
let folder: string;
const open: LoadedApi[] = [];

beforeEach(async () => {
  answer = (_, response) => sendJson(response, { ok: true });
  api = await recordingServer((request, response) => answer(request, response));
  folder = await mkdtemp(join(tmpdir(), 'mcp-hub-documents-'));
});
afterEach(async () => {
  for (const { backend } of open.splice(0)) await backend.close();
  await api.close();
  await rm(folder, { recursive: true });
});

type Load = Parameters<typeof loadApi>;

async function load(config: Load[1], more: Load[2] = {}): Promise<LoadedApi> {
  const loaded = await loadApi(anOpenApiLoader({ fileRoots: [folder] }), config, more);
  open.push(loaded);
  return loaded;
}

const inline = (paths: JsonObject, config: Load[1] = {}, more: JsonObject = {}) =>
  load(config, { spec: aDocument(api.url, paths, more) });

const jsonBody = (schema: JsonObject): JsonObject => ({
  requestBody: { required: true, content: { 'application/json': { schema } } },
});

describe('what is sent', () => {
  it('is a form with a file where the document says multipart', async () => {
    const schema = {
      type: 'object',
      required: ['file'],
      properties: {
        note: { type: 'string' },
        file: { type: 'string', format: 'binary' },
        about: { type: 'object', properties: { size: { type: 'integer' } } },
      },
    };
    const requestBody = { required: true, content: { 'multipart/form-data': { schema } } };
    const { call } = await inline({ '/files': { post: anOperation('upload', { requestBody }) } });
    const data = Buffer.from([0, 1, 2, 255]);
    const file = { filename: 'a b.bin', content_type: 'application/x-thing', data: data.toString('base64') };
    expect(await call('upload', { note: 'hé', file, about: { size: 4 } })).not.toHaveProperty('isError');
    const [received] = api.received;
    const form = await new Response(new Uint8Array(received?.body ?? []), {
      headers: { 'content-type': received?.headers['content-type'] ?? '' },
    }).formData();
    const sent = form.get('file') as File;
    expect({ name: sent.name, type: sent.type, bytes: Buffer.from(await sent.arrayBuffer()) }).toEqual({
      name: 'a b.bin',
      type: 'application/x-thing',
      bytes: data,
    });
    expect(form.get('note')).toBe('hé');
    const about = form.get('about');
    expect(JSON.parse(typeof about === 'string' ? about : await (about as File).text())).toEqual({ size: 4 });
  });

  it('goes to the server that its variables name', async () => {
    const server = {
      url: `${api.url}/{stage}/{version}`,
      variables: { stage: { default: 'live', enum: ['live', 'test'] }, version: { default: 'v1' } },
    };
    const spec = { ...aDocument('', { '/x': { get: anOperation('get') } }), servers: [server] };
    const { call } = await load({ server_variables: { stage: 'test' } }, { spec });
    await call('get');
    expect(api.received[0]?.url).toBe('/test/v1/x');
    await expect(load({ server_variables: { stage: 'other' } }, { spec })).rejects.toMatchObject({
      code: 'document_invalid',
      message: expect.stringContaining('live, test') as string,
    });
  });
});

describe('what comes back', () => {
  it('is a blob where it is binary, byte by byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
    answer = (_, response) => response.writeHead(200, { 'content-type': 'application/zip' }).end(bytes);
    const { call } = await inline({ '/zip': { get: anOperation('download') } });
    const { content } = await call('download');
    const [item] = content as { type: string; resource: { mimeType: string; blob: string } }[];
    expect(item).toMatchObject({ type: 'resource', resource: { mimeType: 'application/zip' } });
    expect(Buffer.from(item?.resource.blob ?? '', 'base64').equals(bytes)).toBe(true);
  });

  it('is an image where it is one', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from('png'));
    const { call } = await inline({ '/logo': { get: anOperation('logo') } });
    expect(await call('logo')).toMatchObject({
      content: [{ type: 'image', mimeType: 'image/png', data: Buffer.from('png').toString('base64') }],
    });
  });

  it('is cut at max_result_bytes', async () => {
    answer = (_, response) =>
      sendJson(
        response,
        Array.from({ length: 1_000 }, (_, index) => ({ index })),
      );
    const { call } = await inline({ '/list': { get: anOperation('list') } }, { max_result_bytes: 500 });
    const result = await call('list');
    expect(Buffer.byteLength(textOf(result))).toBeLessThan(1_000);
    expect(result).not.toHaveProperty('isError');
  });

  it('keeps the digits of large integers in the structured content, too', async () => {
    answer = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":12345678901234567890}');
    const { ask } = await inline({ '/id': { get: anOperation('id') } });
    const outcome = await ask('tools/call', { name: 'id' });
    const json = outcome.kind === 'complete' ? String(outcome.json) : '';
    expect(json).toContain('"structuredContent":{"id":12345678901234567890}');
  });
});

describe('resources', () => {
  const route_maps = [
    { methods: ['GET'], pattern: '^/things', tags: [], mcp_type: 'RESOURCE', mcp_tags: [] },
  ] as unknown as NonNullable<Load[1]>['route_maps'] & object;
  const parameter = (place: string, name: string) => ({
    in: place,
    name,
    required: place === 'path',
    schema: { type: 'string' },
  });
  const paths = {
    '/things': { get: anOperation('things') },
    '/things/{id}': {
      get: anOperation('thing', { parameters: [parameter('path', 'id'), parameter('query', 'lang')] }),
    },
    '/do': { post: anOperation('do') },
  };

  it('are listed beside the tools', async () => {
    const { ask, names, backend } = await inline(paths, { route_maps });
    expect(await names()).toEqual(['do']);
    expect(await ask('resources/list')).toMatchObject({ result: { resources: [{ uri: 'resource://things' }] } });
    expect(await ask('resources/templates/list')).toMatchObject({
      result: { resourceTemplates: [{ uriTemplate: 'resource://thing/{id}{?lang}' }] },
    });
    expect(await backend.describe(AbortSignal.timeout(1_000))).toMatchObject({
      capabilities: { tools: {}, resources: {} },
      resources: [{ uri: 'resource://things' }],
      resourceTemplates: [{}],
    });
  });

  it('are read, templates with their arguments', async () => {
    const { ask } = await inline(paths, { route_maps });
    expect(await ask('resources/read', { uri: 'resource://things' })).toMatchObject({
      result: { contents: [{ uri: 'resource://things', mimeType: 'application/json', text: '{"ok":true}' }] },
    });
    const uri = 'resource://thing/a%2Fb?lang=de';
    expect(await ask('resources/read', { uri })).toMatchObject({ result: { contents: [{ uri }] } });
    expect(api.received.map(({ url }) => url)).toEqual(['/things', '/things/a%2Fb?lang=de']);
  });

  it('that are not there are told so', async () => {
    const { ask } = await inline(paths, { route_maps });
    for (const uri of ['resource://nothing', 'resource://thing', 'https://elsewhere.example/', 'resource://do']) {
      expect(await ask('resources/read', { uri })).toMatchObject({ kind: 'error', code: -32002, data: { uri } });
    }
    expect(await ask('resources/read', {})).toMatchObject({ kind: 'error', code: -32602 });
    expect(api.received).toEqual([]);
  });

  it('that the API refuses are an error that begins with its status', async () => {
    answer = (_, response) => sendJson(response, { message: 'gone' }, 404);
    const { ask } = await inline(paths, { route_maps });
    const outcome = await ask('resources/read', { uri: 'resource://things' });
    expect(outcome).toMatchObject({ kind: 'error', message: expect.stringMatching(/^HTTP 404/) as string });
  });
});

describe('references to other documents', () => {
  const pets = (reference: string) =>
    aDocument(api.url, { '/pets': { post: anOperation('add', jsonBody({ $ref: reference })) } });
  const pet = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  const propertiesOf = async ({ backend }: LoadedApi) => {
    const [tool] = (await backend.describe(AbortSignal.timeout(1_000))).tools;
    return (tool?.['inputSchema'] as JsonObject)['properties'];
  };

  it('lead to files beside the document', async () => {
    await mkdir(join(folder, 'schemas'));
    await writeFile(join(folder, 'api.json'), JSON.stringify(pets('schemas/pet.json')));
    await writeFile(join(folder, 'schemas/pet.json'), JSON.stringify(pet));
    expect(await propertiesOf(await load({ url: 'api.json' }))).toEqual({ name: { type: 'string' } });
  });

  it('lead to no file outside of the roots', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'mcp-hub-outside-'));
    await writeFile(join(outside, 'pet.json'), JSON.stringify(pet));
    await writeFile(join(folder, 'api.json'), JSON.stringify(pets(`file://${outside}/pet.json`)));
    const loaded = await load({ url: 'api.json' });
    await rm(outside, { recursive: true });
    expect(await propertiesOf(loaded)).not.toHaveProperty('name');
    expect(loaded.lines.join('\n')).toContain('not under a folder');
  });

  it.each([
    ['to no URL unless the entry says so', false],
    ['to URLs where the entry says so', true],
  ])('lead %s', async (_, external_refs) => {
    answer = (request, response) => sendJson(response, request.url === '/docs/api.json' ? pets('pet.json') : pet);
    const loaded = await load({ url: `${api.url}/docs/api.json`, external_refs });
    const isRead = api.received.some(({ url }) => url === '/docs/pet.json');
    const hasName = 'name' in ((await propertiesOf(loaded)) as JsonObject);
    expect({ isRead, hasName }).toEqual({ isRead: external_refs, hasName: external_refs });
  });

  it('of a document from elsewhere lead to no file of this machine', async () => {
    await writeFile(join(folder, 'pet.json'), JSON.stringify(pet));
    answer = (_, response) => sendJson(response, pets(`file://${folder}/pet.json`));
    expect(await propertiesOf(await load({ url: `${api.url}/api.json`, external_refs: true }))).not.toHaveProperty(
      'name',
    );
  });

  it('are judged by the egress guard', async () => {
    answer = (_, response) => sendJson(response, pets('http://169.254.169.254/pet.json'));
    const loaded = await load({ url: `${api.url}/api.json`, external_refs: true });
    expect(loaded.lines.join('\n')).toContain('169.254.169.254');
    expect(await propertiesOf(loaded)).not.toHaveProperty('name');
  });
});
