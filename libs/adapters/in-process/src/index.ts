export { InProcessBlobExchange } from './in-process-blob-exchange.js';
export { InProcessLoadQueue, type InProcessLoadQueueOptions } from './in-process-load-queue.js';
export { InProcessRouteTable } from './in-process-route-table.js';
export { InProcessSessionStore } from './in-process-session-store.js';
