import type { OpenApiConfig } from '@mcp-hub/domain';
import type { Timers } from '@mcp-hub/mcp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDocument, anOpenApiLoader, anOperation, loadApi, type LoadedApi } from '../../test/openapi.js';
import { eventually, recordingServer, type Answer, type RecordingServer } from '../../test/recording-server.js';
import { DocumentRefresh } from './document-refresh.js';
import type { ApiModelHandle } from './thread/api-model-handle.js';

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
let now: number;
let answerApi: Answer;
const open: LoadedApi[] = [];

beforeEach(async () => {
  timers = new ManualTimers();
  etag = '"1"';
  now = Date.parse('2026-03-04T05:06:07Z');
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

async function load(refresh_interval?: number, more: Partial<OpenApiConfig> = {}): Promise<LoadedApi> {
  const config = {
    ...more,
    url: `${server.url}/openapi.json`,
    ...(refresh_interval !== undefined && { refresh_interval }),
  };
  const api = await loadApi(anOpenApiLoader({ timers, now: () => now }), config);
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
    const remarked: number[] = [];
    backend.onRemarks?.(() => remarked.push(now));
    document = bad();
    etag = '"2"';
    await look();
    now += 60_000;
    await look();
    expect(remarked).toEqual([now - 60_000]);
    expect(await names()).toEqual(['one']);
    expect(await call('one')).toMatchObject({ content: [{ text: 'fine' }] });
    const { diagnostics } = await backend.describe(AbortSignal.timeout(1_000));
    expect(diagnostics).toMatchObject([{ severity: 'error', code: 'document_refresh_failed' }]);
    expect(diagnostics?.[0]?.message).toContain('since 2026-03-04T05:06:07.000Z');
    expect(diagnostics?.[0]?.message).toContain(reason);
    expect(lines.filter((line) => line.includes(reason))).toHaveLength(1);
    document = withTools('three');
    etag = '"3"';
    await look();
    expect(await names()).toEqual(['three']);
    expect((await backend.describe(AbortSignal.timeout(1_000))).diagnostics).toEqual([]);
  });

  it('converts a bad one once, however often it is looked at', async () => {
    await load(60);
    document = { openapi: '3.1.0', hello: 'world' };
    etag = '"2"';
    await look();
    await look();
    expect(documentReads().map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"2"']);
  });

  it('is good again when it is what it was before', async () => {
    const { backend, names } = await load(60);
    const good = document;
    document = 'openapi: [';
    etag = '"2"';
    await look();
    expect((await backend.describe(AbortSignal.timeout(1_000))).diagnostics).toHaveLength(1);
    const remarked: number[] = [];
    backend.onRemarks?.(() => remarked.push(now));
    document = good;
    etag = '"3"';
    await look();
    expect((await backend.describe(AbortSignal.timeout(1_000))).diagnostics).toEqual([]);
    expect(remarked).toHaveLength(1);
    expect(await names()).toEqual(['one']);
  });

  it('is asked for by its date where it has no ETag', async () => {
    const modified = 'Wed, 04 Mar 2026 05:06:07 GMT';
    await server.close();
    server = await recordingServer((request, response) => {
      if (request.headers['if-modified-since'] === modified) response.writeHead(304).end();
      else response.writeHead(200, { 'last-modified': modified }).end(JSON.stringify(withTools('one')));
    });
    const { names } = await load(60);
    await look();
    expect(server.received.map(({ headers }) => headers['if-modified-since'])).toEqual([undefined, modified]);
    expect(await names()).toEqual(['one']);
  });

  it('is asked for by its newest ETag, also where only that has changed', async () => {
    await load(60);
    etag = '"2"';
    await look();
    await look();
    expect(documentReads().map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"2"']);
  });

  it('is looked at after no more than a timer can wait', async () => {
    await load(31_536_000);
    expect(timers.waits).toEqual([2_147_483_647]);
  });

  it('keeps the old one serving while its origin is away', async () => {
    const { backend, names } = await load(60);
    await server.close();
    await look();
    expect(await names()).toEqual(['one']);
    const { diagnostics } = await backend.describe(AbortSignal.timeout(1_000));
    expect(diagnostics?.[0]?.message).toContain('the connection was refused');
  });

  describe('with references to other documents', () => {
    let far: unknown;
    beforeEach(() => {
      far = { get: anOperation('far') };
      document = aDocument(server.url, { '/far': { $ref: 'far.json' } });
      answerApi = (_, response) => {
        if (far === undefined) response.writeHead(404).end();
        else response.end(JSON.stringify(far));
      };
    });

    it('is what they have become', async () => {
      const { names } = await load(60, { external_refs: true });
      expect(await names()).toEqual(['far']);
      await look();
      expect(documentReads()).toHaveLength(2);
      far = { get: anOperation('farther') };
      await look();
      expect(await names()).toEqual(['farther']);
      await look();
      expect(documentReads()).toHaveLength(5);
    });

    it('keeps what they were where they are away', async () => {
      const { names } = await load(60, { external_refs: true });
      far = undefined;
      await look();
      expect(await names()).toEqual(['far']);
    });

    it('notices when one is there at last', async () => {
      far = undefined;
      const { names } = await load(60, { external_refs: true });
      expect(await names()).toEqual([]);
      far = { get: anOperation('far') };
      await look();
      expect(await names()).toEqual(['far']);
    });
  });

  it('is given up where it takes too long to be ready', async () => {
    const told: string[] = [];
    const refresh = new DocumentRefresh({
      intervalMs: 1_000,
      timers,
      now: () => now,
      lookMs: 10,
      tell: (line) => told.push(line),
      next: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    });
    refresh.start({ onModel: () => undefined, onRemarks: () => undefined });
    await look();
    expect(told).toMatchObject([expect.stringContaining('not ready within 0.01 s')]);
    refresh.stop();
  });

  it('is looked at again where a listener fails', async () => {
    const told: string[] = [];
    const model = { summary: {} } as unknown as ApiModelHandle;
    const parts = { intervalMs: 1_000, timers, now: () => now, tell: (line: string) => told.push(line) };
    const refresh = new DocumentRefresh({ ...parts, next: () => Promise.resolve(model) });
    const fail = (): never => {
      throw new Error('no ear');
    };
    refresh.start({ onModel: fail, onRemarks: () => undefined });
    await look();
    expect(told).toMatchObject([expect.stringContaining('no ear')]);
    refresh.stop();
  });

  it('ends the calls of what was replaced when the server is closed', async () => {
    answerApi = () => undefined;
    const { backend, ask, names } = await load(60);
    const slow = ask('tools/call', { name: 'one', arguments: {} });
    await eventually(() => server.received.some(({ url }) => url === '/one'));
    document = withTools('two');
    etag = '"2"';
    await look();
    expect(await names()).toEqual(['two']);
    await backend.close();
    expect(await slow).toMatchObject({ kind: 'error', message: 'The server was closed before the API answered.' });
    await eventually(() => server.aborted === 1);
  });

  it('is looked after no longer once the server is closed', async () => {
    const { backend } = await load(60);
    await backend.close();
    expect(timers.waits).toEqual([]);
  });
});
