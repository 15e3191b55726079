import { AnnounceDesiredState, type Messaging } from '../registry/announce-desired-state.js';
import { PublishServer } from '../registry/publish-server.js';
import { StoreEntry, type EntryPolicy } from '../registry/store-entry.js';
import { SecretBox } from '../secrets/secret-box.js';
import { MemoryBlobExchange, MemoryBlobStore } from './memory-blobs.js';
import { MemoryRegistryStore } from './memory-registry-store.js';
import { RecordingLog } from './recording-log.js';
import { RecordingQueue } from './recording-queue.js';
import { ScriptedRouteTable } from './scripted-route-table.js';
import { SetClock } from './set-clock.js';

export const retryDefaults = { attempts: 3, delayMs: 2_000 };

/** The use cases of a registry over stores in memory, and what they talk to. */
export function aRegistry({ policy = () => [], hasKey = true }: { policy?: EntryPolicy; hasKey?: boolean } = {}) {
  const clock = new SetClock(Date.parse('2026-03-04T05:06:07.000Z'));
  const log = new RecordingLog();
  const store = new MemoryRegistryStore();
  const blobs = new MemoryBlobStore();
  const exchange = new MemoryBlobExchange();
  const routes = new ScriptedRouteTable();
  const queue = new RecordingQueue();
  const messaging: Messaging = { routes, queue, blobs, exchange };
  const box = new SecretBox([Buffer.alloc(32, 7)]);
  const announce = new AnnounceDesiredState(messaging, clock, retryDefaults, log);
  const storeEntry = new StoreEntry(blobs, hasKey ? box : undefined, policy);
  const publish = new PublishServer(store, storeEntry, announce, clock);
  return { clock, log, store, blobs, exchange, routes, queue, messaging, box, announce, storeEntry, publish };
}

/** A document that can be published: an OpenAPI server at a URL. */
export function aDocument(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'weather',
    name: 'Weather',
    description: '',
    openapi_config: { url: 'https://api.example/openapi.json' },
    ...fields,
  };
}
