import { resolveBySystem, type ResolveHost } from '../egress/guarded-lookup.js';
import type { ReferredTexts } from './referred-texts.js';
import type { Answers, Question } from './thread/thread-messages.js';

/** Answers what a thread asks of the process around it. */
export function outsideAnswers(
  texts: ReferredTexts,
  resolveHost: ResolveHost = resolveBySystem,
): (question: Question) => Promise<Answers[Question['kind']]> {
  return (question) => {
    switch (question.kind) {
      case 'resolve':
        return resolveHost(question.hostname);
      case 'read':
        return texts.read(question.url);
    }
  };
}
