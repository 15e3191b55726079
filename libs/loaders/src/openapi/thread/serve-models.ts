import type { MessagePort } from 'node:worker_threads';
import { LoadFailed } from '@mcp-hub/domain';
import { ApiModel } from './api-model.js';
import { ParsedDocuments } from './parsed-documents.js';
import type {
  Ask,
  CallAnswer,
  CrossedFailure,
  FromThread,
  ModelSummary,
  ThreadRequest,
  ToThread,
} from './thread-messages.js';
import { UnfitForSharing } from './unfit-for-sharing.js';

/** Makes models and runs their calls, for whoever is at the other end of the port. */
export function serveModels(port: MessagePort): void {
  const documents = new ParsedDocuments();
  const models = new Map<number, ApiModel>();
  const underWay = new Map<number, AbortController>();
  const questions = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let lastQuestion = 0;

  const send = (message: FromThread, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(message, transfer);
  };
  const askFor =
    (model: number): Ask =>
    (question) =>
      new Promise((resolve, reject) => {
        lastQuestion += 1;
        questions.set(lastQuestion, { resolve: resolve as (value: unknown) => void, reject });
        send({ kind: 'question', id: lastQuestion, model, question });
      });

  const answer = async (
    request: ThreadRequest,
    controller: AbortController,
  ): Promise<ModelSummary | CallAnswer | null> => {
    switch (request.kind) {
      case 'ping':
        return null;
      case 'load': {
        const model = new ApiModel(documents, askFor(request.model));
        models.set(request.model, model);
        try {
          return await model.load(request.order, controller.signal);
        } catch (error) {
          if (models.get(request.model) === model) models.delete(request.model);
          await model.close();
          throw error;
        }
      }
      case 'call': {
        const model = models.get(request.model);
        if (!model) throw new Error('There is no such model.');
        return model.call(request.call, controller);
      }
    }
  };

  const serve = async (id: number, request: ThreadRequest): Promise<void> => {
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      const value = await answer(request, controller);
      send({ kind: 'done', id, value }, buffersOf(value));
    } catch (error) {
      send({ kind: 'failed', id, failure: crossed(error) });
    } finally {
      underWay.delete(id);
    }
  };

  port.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'request':
        void serve(message.id, message.request);
        return;
      case 'cancel':
        underWay.get(message.id)?.abort(new Error('It was cancelled.'));
        return;
      case 'unload': {
        const model = models.get(message.model);
        models.delete(message.model);
        void model?.close();
        return;
      }
      default: {
        const question = questions.get(message.id);
        questions.delete(message.id);
        if (message.kind === 'answer') question?.resolve(message.value);
        else
          question?.reject(
            Object.assign(new Error(message.message), message.code !== undefined && { code: message.code }),
          );
      }
    }
  });
}

/** What of an answer moves to the other side instead of being copied. */
function buffersOf(value: ModelSummary | CallAnswer | null): ArrayBuffer[] {
  if (value === null) return [];
  const large =
    'lists' in value
      ? [...Object.values(value.lists), value.diagnostics]
      : value.kind === 'complete' && typeof value.json !== 'string'
        ? [value.json]
        : [];
  return large.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
}

function crossed(error: unknown): CrossedFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnfitForSharing) return { message, isUnfit: true };
  if (!(error instanceof LoadFailed)) return { message };
  const { code, remedy, isTransient } = error;
  return { message, load: { code, remedy, isTransient } };
}
