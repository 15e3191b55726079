import { MemoryRegistryStore } from './memory-registry-store.js';
import { registryStoreContract } from './registry-store.contract.js';

registryStoreContract(
  'MemoryRegistryStore',
  async () => {
    const store = new MemoryRegistryStore();
    return { open: async () => store, dispose: async () => {} };
  },
  { sharesDatabase: false, canLoseConnection: false },
);
