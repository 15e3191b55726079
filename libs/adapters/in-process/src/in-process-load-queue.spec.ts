import { loadQueueConsumerContract, loadQueueContract, type LoadQueueHarness } from '@mcp-hub/application/testing';
import { InProcessLoadQueue } from './in-process-load-queue.js';

async function makeHarness(): Promise<LoadQueueHarness> {
  const queue = new InProcessLoadQueue({ closeTimeoutMs: 300, reportRetryDelayMs: 20 });
  await queue.start();
  return { create: async () => queue, close: () => queue.close() };
}

loadQueueContract('InProcessLoadQueue', makeHarness);
loadQueueConsumerContract('InProcessLoadQueue', makeHarness);
