import { resolveBySystem } from '../egress/guarded-lookup.js';
import type { DocumentSources } from './document-sources.js';
import { fetchText } from './fetch-text.js';
import { readUnderRoots } from './read-under-roots.js';
import type { Answers, Question } from './thread/thread-messages.js';

/**
 * Answers what a thread asks of the process around it. What a document refers to is read under the same rules as the
 * document itself: files under the roots, URLs through the egress guard.
 *
 * @param timeoutMs for one fetch
 */
export function outsideAnswers(
  sources: DocumentSources,
  timeoutMs: number,
): (question: Question) => Promise<Answers[Question['kind']]> {
  return async (question) => {
    switch (question.kind) {
      case 'resolve':
        return (sources.resolveHost ?? resolveBySystem)(question.hostname);
      case 'read':
        return new TextDecoder().decode(await bytesOf(question.url, sources, timeoutMs));
    }
  };
}

async function bytesOf(url: string, sources: DocumentSources, timeoutMs: number): Promise<Uint8Array> {
  if (/^file:/i.test(url)) return (await readUnderRoots(url, sources.fileRoots)).bytes;
  const fetched = await fetchText(url, sources, AbortSignal.timeout(timeoutMs));
  if (!fetched) throw new Error('It was not asked whether it had changed.');
  return fetched.bytes;
}
