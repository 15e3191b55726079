import { ServerNotFound } from '@mcp-hub/domain';
import type { RegistryStore, ServerRecord } from '../ports/registry-store.port.js';

/** @throws ServerNotFound for tombstones too */
export async function findServer(store: RegistryStore, id: string): Promise<ServerRecord> {
  const record = await store.find(id);
  if (!record || record.desired === 'deleted') throw new ServerNotFound(id);
  return record;
}
