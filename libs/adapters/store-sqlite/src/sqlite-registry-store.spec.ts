import { registryStoreContract } from '@mcp-hub/application/testing';
import { fileHarness, memoryHarness } from '../test/sqlite-harness.js';
import { SqliteRegistryStore } from './sqlite-registry-store.js';

registryStoreContract(
  'SqliteRegistryStore in a file',
  () => fileHarness((database) => new SqliteRegistryStore(database)),
  { sharesDatabase: true, canLoseConnection: false },
);

registryStoreContract(
  'SqliteRegistryStore in memory',
  async () => memoryHarness((database) => new SqliteRegistryStore(database)),
  { sharesDatabase: false, canLoseConnection: false },
);
