import { sessionStoreContract } from '@mcp-hub/application/testing';
import { InProcessSessionStore } from './in-process-session-store.js';
import { SystemClock } from '../test/system-clock.js';

sessionStoreContract('InProcessSessionStore', async () => {
  const store = new InProcessSessionStore({ clock: new SystemClock() });
  return { create: async () => store, close: async () => undefined };
});
