import type { ReplicaReport, StoredEntry } from './registry-store.port.js';

/** The wish that one replica of one generation be loaded. Small: documents travel by hash. */
export interface LoadJob extends StoredEntry {
  serverId: string;
  generation: number;
  replica: number;
  loaderType: string;
  /** Attempts in all; ≥ 1. */
  attempts: number;
  /** Before the second attempt; doubles, with ±20 % jitter. */
  retryDelayMs: number;
  /** A report of this load must have a larger sequence. */
  afterSequence: number;
  /** Failures of this generation before this job. */
  priorFailures: number;
  /** How often a worker has left it to others, since it hosts another replica of the server already. */
  passes?: number;
  /** An older generation, loaded because the newest one does not serve. */
  isFallback?: boolean;
}

/** What a worker says back. */
export type WorkerReport =
  | { kind: 'replica'; report: ReplicaReport; stored: StoredEntry }
  | { kind: 'blob_missing'; serverId: string; generation: number; replica: number; hash: string };

export interface LoadAttempt {
  /** 1-based. */
  attempt: number;
  isLast: boolean;
  /** Aborted when the consumer closes before the handler is done. */
  signal: AbortSignal;
}

/**
 * A handler that resolves is done with the job. One that throws is tried again while attempts are left, unless the
 * error is a `LoadFailed` that is not transient: then, and after the last attempt, the job is over (the handler has
 * reported by then).
 */
export type LoadHandler = (job: LoadJob, attempt: LoadAttempt) => Promise<void>;
export type ReportHandler = (report: WorkerReport) => Promise<void>;

export interface Consumer {
  /** No new jobs from now on; those in hand run on. Idempotent. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Stops taking, aborts what is in hand, waits for the handlers; what is not done is delivered again to another consumer. */
  close(): Promise<void>;
}

/**
 * Carries load jobs to workers and reports back. Delivery is at least once and unordered: handlers are idempotent, and
 * exclusion is the claim's business, not the queue's. A message may also be lost with the queue's server; the
 * reconciler makes up for it.
 *
 * A connection that drops is re-established with backoff; `enqueue` and `report` then throw
 * `DependencyUnavailable('queue')` within 5 s rather than hang.
 */
export abstract class LoadQueue {
  abstract start(): Promise<void>;
  abstract close(): Promise<void>;
  abstract ping(): Promise<void>;
  /** A job equal in (server, generation, replica) that waits already makes this a no-op; a finished one does not. */
  abstract enqueue(job: LoadJob): Promise<void>;
  /** Takes jobs of one loader type, `concurrency` at a time. */
  abstract consume(loaderType: string, concurrency: number, handler: LoadHandler): Promise<Consumer>;
  abstract report(report: WorkerReport): Promise<void>;
  /** Each report goes to one of the consumers; a handler that throws gets it again, with backoff. */
  abstract consumeReports(handler: ReportHandler): Promise<Consumer>;
}
