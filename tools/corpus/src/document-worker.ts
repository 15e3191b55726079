import { parentPort } from 'node:worker_threads';
import { measureDocument } from './measure-document.js';
import type { CorpusDocument } from './sources.js';

/** A thread that measures one document after another. */
const port = parentPort;
if (!port) throw new Error('This is a worker thread.');
port.on('message', (document: CorpusDocument) => {
  void measureDocument(document).then((report) => port.postMessage(report));
});
