import { GenerationConflict } from '@mcp-hub/domain';
import type { Clock } from '../ports/clock.port.js';
import type { RegistryStore, ServerRecord } from '../ports/registry-store.port.js';
import type { AnnounceDesiredState } from './announce-desired-state.js';
import { findServer } from './find-server.js';

/** What users may ask for. Each raises the generation, so a reload is a change that changes nothing else. */
export type DesiredChange = 'enable' | 'disable' | 'reload' | 'delete';

const casAttempts = 5;

/** Enables, disables, reloads or deletes: changes that hold whatever somebody else wrote meanwhile. */
export class ChangeDesiredState {
  constructor(
    private readonly store: RegistryStore,
    private readonly announce: AnnounceDesiredState,
    private readonly clock: Clock,
  ) {}

  /** @throws ServerNotFound */
  async execute(id: string, change: DesiredChange): Promise<ServerRecord> {
    for (let attempt = 1; ; attempt++) {
      const current = await findServer(this.store, id);
      const { entry, desired } = changed(current, change);
      try {
        const record = await this.store.replace(id, current.generation, {
          entry,
          desired,
          ...(current.specHash === undefined ? {} : { specHash: current.specHash }),
          at: new Date(this.clock.now()).toISOString(),
        });
        await this.announce.execute(record);
        return record;
      } catch (error) {
        if (!(error instanceof GenerationConflict) || attempt >= casAttempts) throw error;
      }
    }
  }
}

function changed({ entry, desired }: ServerRecord, change: DesiredChange): Pick<ServerRecord, 'entry' | 'desired'> {
  switch (change) {
    case 'enable':
      return { entry: { ...entry, enabled: true }, desired: 'enabled' };
    case 'disable':
      return { entry: { ...entry, enabled: false }, desired: 'disabled' };
    case 'reload':
      return { entry, desired };
    case 'delete':
      return { entry, desired: 'deleted' };
  }
}
