import type { ReadServers, RouteView } from '@mcp-hub/application';
import { awaitOutcome, type ServerRecord } from '@mcp-hub/application';
import type { RegistrySettings } from './registry-settings.js';

/** Waits for loads, and tells how they turned out. */
export class LoadOutcomes {
  constructor(
    private readonly servers: ReadServers,
    private readonly view: RouteView,
    private readonly settings: RegistrySettings,
  ) {}

  /** Until the record's generation serves, has failed, or is not wanted; for `loader.timeout` at most. */
  async settled(record: ServerRecord): Promise<void> {
    const { status } = this.servers.withStatus(record);
    if (status.failure?.code === 'nothing_to_load') return;
    await awaitOutcome(this.view, record.id, record.generation, this.settings.loadTimeoutMs);
  }

  /** As it is now. @throws ServerNotFound */
  async present(id: string): Promise<Record<string, unknown>> {
    const { status } = await this.servers.item(id);
    return {
      runtime_status: status.status,
      ...(status.failure ? { error: status.failure.message } : {}),
    };
  }
}
