import { FakeSessionStore } from './fake-session-store.js';
import { sessionStoreContract } from './session-store.contract.js';

sessionStoreContract('FakeSessionStore', async () => {
  const store = new FakeSessionStore({ now: () => performance.now() });
  return { create: async () => store, close: async () => undefined };
});
