import { parentPort } from 'node:worker_threads';
import type { CorpusDocument } from '../sources.js';
import { callDocument } from './call-document.js';

/** A thread that calls one document after another. */
const port = parentPort;
if (!port) throw new Error('This is a worker thread.');
port.on('message', (document: CorpusDocument) => {
  void callDocument(document).then((report) => port.postMessage(report));
});
