import type { Timers } from '@mcp-hub/mcp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDocument, anOpenApiLoader, anOperation, loadApi, type LoadedApi } from '../../test/openapi.js';
import { eventually, recordingServer, type Answer, type RecordingServer } from '../../test/recording-server.js';

/** Timers that run when a test says so. */
class ManualTimers implements Timers {
  readonly #waiting = new Set<{ ms: number; run: () => void }>();

  get waits(): number[] {
    return [...this.#waiting].map(({ ms }) => ms);
  }

  after(ms: number, run: () => void): () => void {
    const timer = { ms, run };
    this.#waiting.add(timer);
    return () => {
      this.#waiting.delete(timer);
    };
  }

  every(): () => void {
    throw new Error('Nothing here runs again and again by itself.');
  }

  runAll(): void {
    const due = [...this.#waiting];
    this.#waiting.clear();
    for (const { run } of due) run();
  }
}

let server: RecordingServer;
let timers: ManualTimers;
let document: unknown;
let etag: string;
let answerApi: Answer;
const open: LoadedApi[] = [];

beforeEach(async () => {
  timers = new ManualTimers();
  etag = '"1"';
  answerApi = (_, response) => response.end('fine');
  server = await recordingServer((request, response) => {
    if (request.url !== '/openapi.json') answerApi(request, response);
    else if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag }).end(typeof document === 'string' ? document : JSON.stringify(document));
  });
  document = withTools('one');
});
afterEach(async () => {
  for (const { backend } of open.splice(0)) await backend.close();
  await server.close();
});

function withTools(...names: string[]): unknown {
  return aDocument(server.url, Object.fromEntries(names.map((name) => [`/${name}`, { get: anOperation(name) }])));
}

async function load(refresh_interval?: number): Promise<LoadedApi> {
  const config = { url: `${server.url}/openapi.json`, ...(refresh_interval !== undefined && { refresh_interval }) };
  const api = await loadApi(anOpenApiLoader({ timers }), config);
  open.push(api);
  return api;
}

const documentReads = () => server.received.filter(({ url }) => url === '/openapi.json');

/** Runs the timer, and waits until the next look is due. */
async function look(): Promise<void> {
  timers.runAll();
  await eventually(() => timers.waits.length === 1);
}

describe('a document that is looked after', () => {
  it('is not, unless the entry says so', async () => {
    const { backend } = await load();
    expect(timers.waits).toEqual([]);
    expect((await backend.describe(AbortSignal.timeout(1_000))).capabilities).toEqual({ tools: {} });
  });

  it('is asked for by its ETag at every interval, and nothing happens while it is the same', async () => {
    const { backend } = await load(60);
    const told: string[] = [];
    backend.listen({ toolsListChanged: true }, (method) => told.push(method));
    expect(timers.waits).toEqual([60_000]);
    await look();
    await look();
    expect(documentReads().map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
    expect(told).toEqual([]);
  });

  it('is not read again by a server whose ETag changes without the document', async () => {
    const { lines } = await load(60);
    const before = lines.length;
    etag = '"2"';
    await look();
    expect(lines).toHaveLength(before);
  });

  it('replaces the tools when it changes, and listeners are told', async () => {
    const { backend, names } = await load(60);
    const told: string[] = [];
    const filter = { toolsListChanged: true, resourcesListChanged: true };
    backend.listen(filter, (method) => told.push(method));
    backend.listen({ promptsListChanged: true }, (method) => told.push(`prompts: ${method}`));
    expect((await backend.describe(AbortSignal.timeout(1_000))).capabilities).toEqual({ tools: { listChanged: true } });
    document = withTools('one', 'two');
    etag = '"2"';
    await look();
    expect(told).toEqual(['notifications/tools/list_changed']);
    expect(await names()).toEqual(['one', 'two']);
    expect((await backend.describe(AbortSignal.timeout(1_000))).tools).toHaveLength(2);
  });

  it('lets calls in flight finish when it changes', async () => {
    let answerLater = (): void => undefined;
    answerApi = (_, response) => {
      answerLater = () => response.end('late');
    };
    const { call, names } = await load(60);
    const slow = call('one');
    await eventually(() => server.received.some(({ url }) => url === '/one'));
    document = withTools('two');
    etag = '"2"';
    await look();
    expect(await names()).toEqual(['two']);
    answerLater();
    expect(await slow).toMatchObject({ content: [{ text: 'late' }] });
  });

  it.each([
    ['is bad', () => 'openapi: [', 'neither JSON nor YAML'],
    ['is no API any more', () => ({ hello: 'world' }), "can't be used"],
  ])('keeps the old one serving where the new one %s, and says so once', async (_, bad, reason) => {
    const { backend, names, lines, call } = await load(60);
    document = bad();
    etag = '"2"';
    await look();
    await look();
    expect(await names()).toEqual(['one']);
    expect(await call('one')).toMatchObject({ content: [{ text: 'fine' }] });
    const { diagnostics } = await backend.describe(AbortSignal.timeout(1_000));
    expect(diagnostics).toMatchObject([{ severity: 'error', code: 'refresh_failed' }]);
    expect(diagnostics?.[0]?.message).toContain(reason);
    expect(lines.filter((line) => line.includes(reason))).toHaveLength(1);
    document = withTools('three');
    etag = '"3"';
    await look();
    expect(await names()).toEqual(['three']);
    expect((await backend.describe(AbortSignal.timeout(1_000))).diagnostics).toEqual([]);
  });

  it('keeps the old one serving while its origin is away', async () => {
    const { backend, names } = await load(60);
    await server.close();
    await look();
    expect(await names()).toEqual(['one']);
    const { diagnostics } = await backend.describe(AbortSignal.timeout(1_000));
    expect(diagnostics?.[0]?.message).toContain('the connection was refused');
  });

  it('is looked after no longer once the server is closed', async () => {
    const { backend } = await load(60);
    await backend.close();
    expect(timers.waits).toEqual([]);
  });
});
