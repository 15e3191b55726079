import { parentPort } from 'node:worker_threads';
import { serveModels } from './serve-models.js';

/** What a thread for documents runs (docs/decisions/0010-openapi-in-a-thread.md). */
if (!parentPort) throw new Error('This file is what a worker thread runs.');
serveModels(parentPort);
