import type { ServerResponse } from 'node:http';
import type { ClientPresence } from './client-presence.js';
import type { WorkerAnswer } from './sent-request.js';
import { answerHeaders } from './worker-requests.js';

export interface AnswerTarget {
  res: ServerResponse;
  client: ClientPresence;
  /** The answer was cut off, and the client has nothing of it. */
  onLost: () => void;
  /** An event stream was cut off, and the client has whole events of it. */
  onBrokenOff: () => void;
}

/** Answers up to this size are passed on when they are there in full. */
const mostWholeBytes = 1024 * 1024;
/** Of all answers together that wait to be there in full. */
const mostWaitingBytes = 64 * 1024 * 1024;
/** Events up to this size are passed on when they are there in full. */
const mostEventBytes = 1024 * 1024;

/**
 * Passes workers' answers on to clients. What a client has got can't be taken back, so as long as memory allows answers
 * and events are passed on whole: one that is cut off was never begun, and the client can still be told how its call ended.
 */
export class AnswerPassing {
  private waitingBytes = 0;

  passOn(answer: WorkerAnswer, target: AnswerTarget): void {
    const { headers } = answer;
    const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
    if (headers['content-type']?.startsWith('text/event-stream') === true) passOnEvents(answer, target);
    else if (length !== undefined && length <= mostWholeBytes && this.waitingBytes + length <= mostWaitingBytes) {
      this.passOnWhole(answer, length, target);
    } else passOnAsItComes(answer, target);
  }

  private passOnWhole(answer: WorkerAnswer, length: number, { res, onLost }: AnswerTarget): void {
    const chunks: Buffer[] = [];
    this.waitingBytes += length;
    answer.onData = (chunk) => chunks.push(chunk);
    answer.onEnd = () => {
      this.waitingBytes -= length;
      writeHead(answer, res);
      const [first] = chunks;
      res.end(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
    };
    answer.onCut = () => {
      this.waitingBytes -= length;
      onLost();
    };
  }
}

function passOnAsItComes(answer: WorkerAnswer, { res }: AnswerTarget): void {
  writeHead(answer, res);
  res.flushHeaders();
  answer.onData = (chunk) => write(answer, res, chunk);
  answer.onEnd = () => res.end();
  // The client can't be told: it sees that the answer is not whole.
  answer.onCut = () => res.destroy();
}

/** No more is read of the worker than the client takes. */
function write(answer: WorkerAnswer, res: ServerResponse, chunk: Buffer): void {
  if (res.write(chunk)) return;
  answer.pause();
  res.once('drain', () => answer.resume());
}

const endOfEvent = '\n\n';

function passOnEvents(answer: WorkerAnswer, { res, client, onBrokenOff }: AnswerTarget): void {
  let held: Buffer | undefined;
  let isFirst = true;
  writeHead(answer, res);
  res.flushHeaders();
  client.stream = { isBetweenEvents: true, isResumable: false };
  const { stream } = client;

  answer.onData = (chunk) => {
    const data = held ? Buffer.concat([held, chunk]) : chunk;
    const end = data.lastIndexOf(endOfEvent) + endOfEvent.length;
    const isWhole = end >= endOfEvent.length;
    if (isWhole) stream.isBetweenEvents = true;
    let due = isWhole ? end : 0;
    if (data.length - due > mostEventBytes) {
      // All but the last byte, which may be the first half of the event's end.
      due = data.length - 1;
      stream.isBetweenEvents = false;
    }
    held = due < data.length ? data.subarray(due) : undefined;
    if (due === 0) return;
    if (isFirst) stream.isResumable = isPrimingEvent(data);
    isFirst = false;
    write(answer, res, data.subarray(0, due));
  };
  answer.onEnd = () => res.end(held);
  answer.onCut = () => {
    if (stream.isBetweenEvents && !res.destroyed) onBrokenOff();
    else res.destroy();
  };
}

/** By which a client knows from where to resume a stream that ends early (2025-11-25, "Resumability and redelivery"). */
function isPrimingEvent(data: Buffer): boolean {
  return data.subarray(0, 4).toString('latin1') === 'id: ';
}

function writeHead(answer: WorkerAnswer, res: ServerResponse): void {
  res.writeHead(answer.statusCode, answerHeaders(answer.headers));
}
