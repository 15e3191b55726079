import type { LoadFailed } from '@mcp-hub/domain';
import type { BlobExchange } from '../ports/blob-store.port.js';
import type { Clock } from '../ports/clock.port.js';
import type { LoadJob, LoadQueue } from '../ports/load-queue.port.js';
import type { JsonObject, McpBackend } from '../ports/mcp-backend.port.js';
import type { ReplicaReport, StoredEntry } from '../ports/registry-store.port.js';
import { exchangeTtlMs } from '../registry/announce-desired-state.js';
import { nextRetryAt } from '../registry/retry-time.js';

/** What this worker tells of the replicas that it loads; later reports have larger sequences. */
export class ReplicaReports {
  private lastSequence = 0;

  constructor(
    private readonly parts: { queue: LoadQueue; exchange: BlobExchange; clock: Clock },
    private readonly incarnation: string,
  ) {}

  /**
   * Asks a server what it has, and puts that where reports of it find it.
   * @throws LoadFailed where it does not answer
   */
  async record(backend: McpBackend, signal: AbortSignal): Promise<{ toolCount: number; capabilitiesHash: string }> {
    const { tools, content } = await describedAsText(backend, signal);
    return { toolCount: tools.length, capabilitiesHash: await this.parts.exchange.put(content, exchangeTtlMs) };
  }

  /** @throws DependencyUnavailable */
  async healthy(job: LoadJob, capabilitiesHash: string): Promise<void> {
    await this.parts.queue.report({
      kind: 'replica',
      stored: storedEntryOf(job),
      report: { ...this.base(job), outcome: 'healthy', failures: 0, capabilitiesHash },
    });
  }

  /** @throws DependencyUnavailable */
  async failed(job: LoadJob, failure: LoadFailed): Promise<void> {
    const failures = job.priorFailures + 1;
    const now = this.parts.clock.now();
    await this.parts.queue.report({
      kind: 'replica',
      stored: storedEntryOf(job),
      report: {
        ...this.base(job),
        outcome: 'failed',
        failures,
        failure: {
          code: failure.code,
          message: failure.message,
          remedy: failure.remedy,
          since: new Date(now).toISOString(),
          stage: 'loading',
          ...(failure.isTransient ? { nextRetryAt: nextRetryAt(failures, now) } : {}),
        },
      },
    });
  }

  private base(
    job: LoadJob,
  ): Pick<ReplicaReport, 'serverId' | 'generation' | 'replica' | 'sequence' | 'worker' | 'at'> {
    const now = this.parts.clock.now();
    this.lastSequence = Math.max(now, this.lastSequence + 1, job.afterSequence + 1);
    return {
      serverId: job.serverId,
      generation: job.generation,
      replica: job.replica,
      sequence: this.lastSequence,
      worker: this.incarnation,
      at: new Date(now).toISOString(),
    };
  }
}

export function storedEntryOf({ entry, specHash }: LoadJob): StoredEntry {
  return specHash === undefined ? { entry } : { entry, specHash };
}

async function describedAsText(
  backend: McpBackend,
  signal: AbortSignal,
): Promise<{ tools: readonly JsonObject[]; content: Uint8Array }> {
  if (backend.record) {
    const record = await backend.record(signal);
    return { tools: record.tools, content: record.text() };
  }
  const description = await backend.describe(signal);
  return { tools: description.tools, content: new TextEncoder().encode(JSON.stringify(description)) };
}
