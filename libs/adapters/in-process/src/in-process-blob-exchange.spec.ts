import { blobExchangeContract } from '@mcp-hub/application/testing';
import { InProcessBlobExchange } from './in-process-blob-exchange.js';
import { SystemClock } from '../test/system-clock.js';

blobExchangeContract('InProcessBlobExchange', async () => {
  const exchange = new InProcessBlobExchange({ clock: new SystemClock() });
  return { create: async () => exchange, close: async () => undefined };
});
