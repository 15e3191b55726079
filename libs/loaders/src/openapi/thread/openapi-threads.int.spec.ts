import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { anOpenApiConfig, localPolicy } from '../../../test/loading.js';
import { aDocument, anOperation } from '../../../test/openapi.js';
import { eventually, recordingServer, type RecordingServer } from '../../../test/recording-server.js';
import type { ApiModelHandle } from './api-model-handle.js';
import { OpenApiThreads, type OpenApiThreadsOptions } from './openapi-threads.js';
import type { ModelOrder } from './thread-messages.js';

let api: RecordingServer;
let threads: OpenApiThreads;
const open: ApiModelHandle[] = [];

beforeEach(async () => {
  api = await recordingServer();
  threads = newThreads();
});
afterEach(async () => {
  for (const model of open.splice(0)) await model.close();
  await api.close();
});

function newThreads(options: OpenApiThreadsOptions = {}): OpenApiThreads {
  return new OpenApiThreads({ file: new URL(inject('threadFile')), largeBytes: 1_000, ...options });
}

/** @param padding makes the document so many bytes larger */
function anOrder(operationId: string, padding = 0): ModelOrder {
  const document = aDocument(
    api.url,
    { '/x': { get: anOperation(operationId) } },
    { 'x-padding': 'x'.repeat(padding) },
  );
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const { url: _, spec: __, ...conversion } = anOpenApiConfig();
  return {
    document: { hash: `${operationId} ${padding}`, bytes, readsUrls: false },
    conversion,
    calls: { headers: {}, timeoutMs: 5_000 },
    egress: { policy: localPolicy, isResolvedOutside: false },
  };
}

async function load(order: ModelOrder, from = threads): Promise<ApiModelHandle> {
  const model = await from.load(order, () => Promise.reject(new Error('Not asked.')), AbortSignal.timeout(20_000));
  open.push(model);
  return model;
}

const callOf = (name: string) => ({ method: 'tools/call' as const, params: { name }, forwardedHeaders: {} });
const never = new AbortController().signal;

/** Of so many operations: what is made of them needs many times the size of the document. */
function aLargeOrder(operations: number): ModelOrder {
  const paths = Object.fromEntries(
    Array.from({ length: operations }, (_, index) => [`/${index}`, { get: { operationId: `op${index}` } }]),
  );
  const bytes = new TextEncoder().encode(JSON.stringify(aDocument(api.url, paths)));
  const order = anOrder('large');
  return { ...order, document: { ...order.document, hash: `large ${operations}`, bytes } };
}

describe('OpenApiThreads', () => {
  it('puts small documents into one thread', async () => {
    const models = [await load(anOrder('a')), await load(anOrder('b'))];
    expect(threads.count).toBe(1);
    expect(models.map(({ summary }) => summary.tools[0]?.name)).toEqual(['a', 'b']);
  });

  it('gives each large document a thread, and entries of the same one the same', async () => {
    await Promise.all([
      load(anOrder('a', 2_000)),
      load(anOrder('a', 2_000)),
      load(anOrder('b', 2_000)),
      load(anOrder('c')),
    ]);
    expect(threads.count).toBe(3);
  });

  it('ends a thread with its last model', async () => {
    const models = [await load(anOrder('a', 2_000)), await load(anOrder('a', 2_000))];
    await models[0]?.close();
    expect(threads.count).toBe(1);
    await models[1]?.close();
    expect(threads.count).toBe(0);
    expect((await load(anOrder('a', 2_000))).summary.tools).toHaveLength(1);
  });

  it('runs the calls of each model at its own API', async () => {
    const model = await load(anOrder('a'));
    expect(await model.call(callOf('a'), never)).toEqual({
      kind: 'complete',
      json: '{"content":[{"type":"text","text":"{}"}],"structuredContent":{}}',
    });
    expect(api.received).toMatchObject([{ method: 'GET', url: '/x' }]);
  });

  it('gives large results as bytes', async () => {
    await api.close();
    api = await recordingServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('y'.repeat(100_000));
    });
    const answer = await (await load(anOrder('a'))).call(callOf('a'), never);
    expect(answer).toMatchObject({ kind: 'complete', json: expect.any(Uint8Array) as Uint8Array });
  });

  it('lets a replaced model finish the calls that it has', async () => {
    let answerLater = (): void => undefined;
    await api.close();
    api = await recordingServer((_, response) => {
      answerLater = () => response.end('late');
    });
    const model = await load(anOrder('a'));
    const call = model.call(callOf('a'), never);
    await eventually(() => api.received.length === 1);
    const retired = model.retire();
    expect(threads.count).toBe(1);
    answerLater();
    expect(await call).toMatchObject({ kind: 'complete', json: expect.stringContaining('late') as string });
    await retired;
    expect(threads.count).toBe(0);
  });

  describe('when a document needs more memory than a thread may use', { timeout: 30_000 }, () => {
    it('fails its load for good, and leaves the others alone', async () => {
      threads = newThreads({ heapMb: 48 });
      const other = await load(anOrder('other'));
      const lost: Error[] = [];
      other.onLoss((reason) => lost.push(reason));
      await expect(load(aLargeOrder(30_000))).rejects.toMatchObject({ code: 'out_of_memory', isTransient: false });
      expect(await other.call(callOf('other'), never)).toMatchObject({ kind: 'complete' });
      expect({ lost, count: threads.count }).toEqual({ lost: [], count: 1 });
    });

    const shared = { heapMb: 48, largeBytes: 100_000_000, sharedBytes: 100_000_000, workMs: 60_000 };

    it('loses the models that share its thread, which can be loaded again', async () => {
      threads = newThreads(shared);
      const other = await load(anOrder('other'));
      const lost: Error[] = [];
      other.onLoss((reason) => lost.push(reason));
      await expect(load(aLargeOrder(30_000))).rejects.toMatchObject({ code: 'out_of_memory' });
      expect(lost).toMatchObject([{ code: 'out_of_memory' }]);
      await expect(other.call(callOf('other'), never)).rejects.toMatchObject({ code: 'out_of_memory' });
      expect(await (await load(anOrder('other'))).call(callOf('other'), never)).toMatchObject({ kind: 'complete' });
    });

    it('has a thread of its own from then on, and fails there for good', async () => {
      threads = newThreads(shared);
      await load(anOrder('other'));
      await expect(load(aLargeOrder(30_000))).rejects.toMatchObject({ isTransient: false });
      const other = await load(anOrder('other'));
      const lost: Error[] = [];
      other.onLoss((reason) => lost.push(reason));
      await expect(load(aLargeOrder(30_000))).rejects.toMatchObject({ isTransient: false });
      expect(lost).toEqual([]);
    });
  });

  describe('in a thread that many share', { timeout: 30_000 }, () => {
    it('stops a conversion that takes too long, and goes on with it in a thread of its own', async () => {
      threads = newThreads({ largeBytes: 100_000_000, sharedBytes: 100_000_000, workMs: 20 });
      const other = await load(anOrder('other'));
      const large = load(aLargeOrder(10_000));
      expect(await other.call(callOf('other'), never)).toMatchObject({ kind: 'complete' });
      expect((await large).summary.tools).toHaveLength(10_000);
      expect(threads.count).toBe(2);
    });

    it('makes room for a document that refers to much elsewhere', async () => {
      threads = newThreads({ externalLength: 1_000 });
      await load(anOrder('other'));
      const text = JSON.stringify({ 'x-padding': 'x'.repeat(2_000), get: anOperation('far') });
      const order = anOrder('near');
      const paths = { '/far': { $ref: 'https://example.com/far.json' } };
      order.document = {
        hash: 'refers',
        bytes: new TextEncoder().encode(JSON.stringify(aDocument(api.url, paths))),
        base: 'https://example.com/openapi.json',
        readsUrls: true,
      };
      const model = await threads.load(order, () => Promise.resolve(text), never);
      open.push(model);
      expect(model.summary.tools.map(({ name }) => name)).toEqual(['far']);
      expect(threads.count).toBe(2);
    });

    it('has no more documents than its memory is sure to hold', async () => {
      threads = newThreads({ sharedBytes: 1_500 });
      const models = [await load(anOrder('a', 500)), await load(anOrder('b', 500)), await load(anOrder('a', 500))];
      expect(threads.count).toBe(1);
      await load(anOrder('c', 500));
      await load(anOrder('b', 500));
      expect(threads.count).toBe(2);
      await models[0]?.close();
      await load(anOrder('d', 500));
      expect(threads.count).toBe(2);
    });
  });

  it('says that a model was closed to who calls it afterwards', async () => {
    const [model] = [await load(anOrder('a')), await load(anOrder('b'))];
    await model.close();
    await expect(model.call(callOf('a'), never)).rejects.toMatchObject({ code: 'crashed' });
  });

  it('refuses a document that might need more memory than a thread has', async () => {
    threads = newThreads({ heapMb: 48 });
    const attempt = load(anOrder('a', 2_000_000));
    await expect(attempt).rejects.toMatchObject({
      code: 'document_invalid',
      message: expect.stringContaining('1.5 MiB') as string,
    });
    expect(threads.count).toBe(0);
  });

  it('keeps no process alive', { timeout: 30_000 }, async () => {
    const program = `
      import { OpenApiThreads } from ${JSON.stringify(new URL('openapi-threads.js', inject('threadFile')).href)};
      const order = JSON.parse(${JSON.stringify(JSON.stringify({ ...anOrder('a'), document: undefined }))});
      const bytes = new Uint8Array(${JSON.stringify([...anOrder('a').document.bytes])});
      const waits = setInterval(() => undefined, 1_000);
      const document = { hash: 'a', bytes, readsUrls: false };
      const model = await new OpenApiThreads().load({ ...order, document }, () => undefined, AbortSignal.timeout(20_000));
      clearInterval(waits);
      process.stdout.write(String(model.summary.tools.length));`;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { timeout: 20_000 });
    expect(stdout).toBe('1');
  });

  it('ends a thread that is silent after a call was given up', { timeout: 30_000 }, async () => {
    threads = newThreads({ graceMs: 10, largeBytes: 100_000_000, sharedBytes: 100_000_000, workMs: 60_000 });
    const other = await load(anOrder('other'));
    const lost: Error[] = [];
    other.onLoss((reason) => lost.push(reason));
    const busy = load(aLargeOrder(30_000)).catch((error: unknown) => error);
    const giveUp = new AbortController();
    const call = other.call(callOf('other'), giveUp.signal);
    giveUp.abort(new Error('No longer wanted.'));
    await expect(call).rejects.toThrow('No longer wanted.');
    await eventually(() => lost.length === 1, 20_000);
    expect(await busy).toMatchObject({ code: 'crashed', isTransient: true });
  });

  it('ends a thread that goes on with a load that was given up', { timeout: 30_000 }, async () => {
    threads = newThreads({ graceMs: 10, largeBytes: 100_000_000, sharedBytes: 100_000_000, workMs: 60_000 });
    const other = await load(anOrder('other'));
    const lost: Error[] = [];
    other.onLoss((reason) => lost.push(reason));
    const giveUp = new AbortController();
    const attempt = threads.load(aLargeOrder(60_000), () => Promise.reject(new Error('Not asked.')), giveUp.signal);
    giveUp.abort(new Error('No longer wanted.'));
    await expect(attempt).rejects.toThrow('No longer wanted.');
    await eventually(() => lost.length === 1, 20_000);
    expect(lost).toMatchObject([{ code: 'crashed' }]);
  });
});
