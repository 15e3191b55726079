import { emptyReport, type DocumentReport } from './document-report.js';
import { runInThreads } from './run-in-threads.js';
import type { CorpusDocument } from './sources.js';

/** For one document, however large; the largest has 47 MB. */
const limits = { heapMb: 6_000, deadlineMs: 900_000 };
const toldFailures = 10;

/** Converts these documents and looks at all that comes of them, in worker threads. */
export function measureDocuments(
  documents: readonly CorpusDocument[],
  threads: number,
  tell: (line: string) => void,
): Promise<DocumentReport[]> {
  let failures = 0;
  return runInThreads(
    documents,
    { ...limits, threads },
    {
      module: new URL('./document-worker.js', import.meta.url),
      failed: ({ id }, failure): DocumentReport => ({ ...emptyReport(id), failure }),
      onResult: ({ id, failure }, done) => {
        if (failure !== undefined) failures += 1;
        if (failure !== undefined && failures <= toldFailures) tell(`${id}: ${failure}`);
        if (done % 100 === 0) tell(`${done} of ${documents.length}`);
      },
    },
  );
}
