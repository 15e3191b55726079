export { BullmqLoadQueue, type BullmqLoadQueueOptions } from './bullmq-load-queue.js';
