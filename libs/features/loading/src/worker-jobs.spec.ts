import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoadAttempt, LoadJob } from '@mcp-hub/application';
import { aLoadJob, RecordingLog } from '@mcp-hub/application/testing';
import { InProcessLoadQueue } from '@mcp-hub/in-process';
import { WorkerJobs } from './worker-jobs.js';

/** Loads that take as long as the test says; what is loaded counts as hosted. */
class Loads {
  occupied = 0;
  readonly started: string[] = [];
  private readonly finishing: (() => void)[] = [];
  signal: AbortSignal | undefined;

  async execute(job: LoadJob, { signal }: LoadAttempt): Promise<void> {
    this.started.push(job.serverId);
    this.signal = signal;
    await new Promise<void>((resolve, reject) => {
      this.finishing.push(resolve);
      signal.addEventListener('abort', () => reject(new Error('given back')));
    });
    this.occupied++;
  }
  finish(): void {
    for (const done of this.finishing.splice(0)) done();
  }
}

let queue: InProcessLoadQueue;
let loads: Loads;
let jobs: WorkerJobs;

beforeEach(() => {
  queue = new InProcessLoadQueue({ closeTimeoutMs: 100 });
  loads = new Loads();
});
afterEach(async () => {
  vi.useRealTimers();
  loads.finish();
  await jobs.close();
  await queue.close();
});

async function work({
  capacity,
  concurrency = 4,
  weight = 1,
}: {
  capacity: number;
  concurrency?: number;
  weight?: number;
}): Promise<void> {
  jobs = new WorkerJobs(queue, loads, loads, new RecordingLog(), {
    loaderTypes: ['openapi', 'module'],
    weightOf: () => weight,
    capacity,
    concurrency,
  });
  await jobs.start();
}
async function enqueue(count: number, loaderType = 'openapi'): Promise<void> {
  for (let number = 0; number < count; number++)
    await queue.enqueue(aLoadJob({ serverId: `${loaderType}-${number}`, loaderType }));
}
const startedWithin = (count: number) =>
  vi.waitFor(() => expect(loads.started).toHaveLength(count), { timeout: 3_000 });
/** Whatever is to be delivered was delivered. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('WorkerJobs', () => {
  it('takes jobs of the types that it offers, and no others', async () => {
    await work({ capacity: 10 });
    await queue.enqueue(aLoadJob({ serverId: 'python', loaderType: 'pypi' }));
    await enqueue(1, 'module');
    await enqueue(1, 'openapi');
    await startedWithin(2);
    expect(loads.started.sort()).toEqual(['module-0', 'openapi-0']);
  });

  it('takes no more at a time than it loads at a time', async () => {
    await work({ capacity: 10, concurrency: 2 });
    await enqueue(5);
    await startedWithin(2);
    await quiet();
    expect(loads.started).toHaveLength(2);
    loads.finish();
    await startedWithin(4);
  });

  it('takes no more once it is full', async () => {
    await work({ capacity: 3, concurrency: 1 });
    await enqueue(6);
    for (let count = 1; count <= 3; count++) {
      await startedWithin(count);
      loads.finish();
    }
    await quiet();
    expect([loads.started.length, loads.occupied]).toEqual([3, 3]);
  });

  it('counts a load in hand by its weight', async () => {
    await work({ capacity: 3, concurrency: 1, weight: 3 });
    await enqueue(1, 'openapi');
    await startedWithin(1);
    await enqueue(1, 'module');
    await quiet();
    expect(loads.started).toEqual(['openapi-0']);
    loads.finish();
    await startedWithin(2);
  });

  it('counts the loads in hand of all types', async () => {
    await work({ capacity: 4, concurrency: 2 });
    await enqueue(6, 'openapi');
    await enqueue(6, 'module');
    await startedWithin(4);
    loads.finish();
    await quiet();
    expect(loads.started).toHaveLength(4);
  });

  it('exceeds its capacity by no more than what it had in hand when it became full', async () => {
    await enqueue(9, 'openapi');
    await enqueue(9, 'module');
    await work({ capacity: 1, concurrency: 2 });
    for (let round = 0; round < 3; round++) {
      await quiet();
      loads.finish();
    }
    expect(loads.started.length).toBeLessThanOrEqual(4);
  });

  it('goes on when something was retired', async () => {
    await work({ capacity: 1, concurrency: 1 });
    await enqueue(2);
    await startedWithin(1);
    loads.finish();
    await quiet();
    expect(loads.started).toHaveLength(1);
    loads.occupied = 0;
    await startedWithin(2);
  });

  it('gives back what is in hand when it closes', async () => {
    await work({ capacity: 5 });
    await enqueue(1);
    await startedWithin(1);
    await jobs.close();
    expect(loads.signal?.aborted).toBe(true);
    const other = new Loads();
    const consumer = await queue.consume('openapi', 1, (job, attempt) => other.execute(job, attempt));
    await vi.waitFor(() => expect(other.started).toEqual(['openapi-0']));
    other.finish();
    await consumer.close();
  });
});
