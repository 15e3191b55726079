import { registryStoreContract } from '@mcp-hub/application/testing';
import { describe, inject } from 'vitest';
import { MongoHarness } from '../test/mongo-harness.js';

const url = inject('mongoUrl');

describe.runIf(url !== undefined)('with a MongoDB server', () => {
  registryStoreContract(
    'MongoRegistryStore',
    async () => {
      const harness = await MongoHarness.of(url ?? '');
      return {
        connection: harness.connection,
        open: () => harness.openRegistry(),
        dispose: () => harness.dispose(),
      };
    },
    { sharesDatabase: true, canLoseConnection: true },
  );
});
