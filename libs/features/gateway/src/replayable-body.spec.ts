import { PassThrough, Writable } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { ReplayableBody, replayBytes } from './replayable-body.js';

/** A request whose body the test writes. */
function aRequest(): PassThrough & IncomingMessage {
  return new PassThrough({ highWaterMark: 16 * 1024 }) as unknown as PassThrough & IncomingMessage;
}

/** A worker that takes what it is sent only when the test says so. */
class SlowWorker extends Writable {
  readonly chunks: Buffer[] = [];
  private ready: (() => void) | undefined;
  isOpen = false;

  constructor() {
    super({ highWaterMark: 16 * 1024 });
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    if (this.isOpen) done();
    else this.ready = done;
  }
  open(): void {
    this.isOpen = true;
    this.ready?.();
  }
  get bytes(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }
}

function anOpenWorker(): SlowWorker {
  const worker = new SlowWorker();
  worker.open();
  return worker;
}

const whole = (worker: Writable) => vi.waitFor(() => expect(worker.writableFinished).toBe(true));

describe('ReplayableBody', () => {
  it('streams to a worker from the first byte to the last', async () => {
    const request = aRequest();
    const worker = anOpenWorker();
    new ReplayableBody(request).sendTo(worker);
    request.write('one ');
    request.end('two');
    await whole(worker);
    expect(Buffer.concat(worker.chunks).toString()).toBe('one two');
  });

  it('reads nothing before somebody asks', async () => {
    const request = aRequest();
    new ReplayableBody(request);
    request.write('x');
    await new Promise((resolve) => setImmediate(resolve));
    expect(request.readableLength).toBe(1);
  });

  it('sends what was sent to a lost worker once more, then what follows', async () => {
    const request = aRequest();
    const body = new ReplayableBody(request);
    const lost = anOpenWorker();
    body.sendTo(lost);
    request.write('one ');
    await vi.waitFor(() => expect(lost.bytes).toBe(4));
    body.detach();
    const worker = anOpenWorker();
    body.sendTo(worker);
    request.end('two');
    await whole(worker);
    expect(Buffer.concat(worker.chunks).toString()).toBe('one two');
    expect(lost.bytes).toBe(4);
  });

  it('can be sent again whole', async () => {
    const request = aRequest();
    const body = new ReplayableBody(request);
    const lost = anOpenWorker();
    body.sendTo(lost);
    request.end('everything');
    await whole(lost);
    const worker = anOpenWorker();
    body.sendTo(worker);
    await whole(worker);
    expect(Buffer.concat(worker.chunks).toString()).toBe('everything');
  });

  it('refuses to send again what it does not keep', async () => {
    const request = aRequest();
    const body = new ReplayableBody(request);
    const worker = anOpenWorker();
    body.sendTo(worker);
    request.end(Buffer.alloc(replayBytes + 1));
    await whole(worker);
    expect(body.isReplayable).toBe(false);
    expect(() => body.sendTo(anOpenWorker())).toThrow(RangeError);
  });

  it('keeps 64 KiB at most, however large the request', async () => {
    const request = aRequest();
    const body = new ReplayableBody(request);
    const worker = anOpenWorker();
    body.sendTo(worker);
    for (let count = 0; count < 40; count++) request.write(Buffer.alloc(100_000, 'x'));
    request.end();
    await whole(worker);
    expect(worker.bytes).toBe(4_000_000);
    expect((await body.prefix()).length).toBe(replayBytes);
  });

  it('waits for a worker that takes its time', async () => {
    const request = aRequest();
    const worker = new SlowWorker();
    new ReplayableBody(request).sendTo(worker);
    for (let count = 0; count < 100; count++) request.write(Buffer.alloc(10_000));
    await new Promise((resolve) => setImmediate(resolve));
    expect([request.isPaused(), worker.bytes + worker.writableLength < 100_000]).toEqual([true, true]);
    worker.open();
    request.end();
    await whole(worker);
    expect(worker.bytes).toBe(1_000_000);
  });

  it('gives what is there of a body that does not come to its end', async () => {
    const request = aRequest();
    request.write('{"id":1');
    expect(await new ReplayableBody(request).prefix(20)).toBe('{"id":1');
  });

  it('gives what is there where the client goes away', async () => {
    const request = aRequest();
    request.write('half');
    const prefix = new ReplayableBody(request).prefix();
    setImmediate(() => request.destroy());
    expect(await prefix).toBe('half');
  });

  it('throws the rest away once the request is answered', async () => {
    const request = aRequest();
    const body = new ReplayableBody(request);
    const worker = new SlowWorker();
    body.sendTo(worker);
    for (let count = 0; count < 100; count++) request.write(Buffer.alloc(10_000));
    request.end();
    body.discard();
    body.detach();
    await vi.waitFor(() => expect(request.readableEnded).toBe(true));
    expect(worker.bytes + worker.writableLength).toBeLessThan(100_000);
  });
});
