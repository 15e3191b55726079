import { runInThreads } from '../run-in-threads.js';
import type { CorpusDocument } from '../sources.js';
import type { CallsReport } from './call-document.js';

const limits = { heapMb: 4_000, deadlineMs: 1_800_000 };

const callWorker = new URL('./call-worker.js', import.meta.url);

/**
 * Calls every operation of these documents, in worker threads.
 * @param module what these run
 */
export function runCalls(
  documents: readonly CorpusDocument[],
  threads: number,
  tell: (line: string) => void,
  module: URL = callWorker,
): Promise<CallsReport[]> {
  return runInThreads(
    documents,
    { ...limits, threads },
    {
      module,
      failed: ({ id }, failure): CallsReport => ({ id, outcomes: [], failure }),
      onResult: ({ id, outcomes }, done) =>
        tell(`${done} of ${documents.length}: ${id}, ${outcomes.length} operations`),
    },
  );
}
