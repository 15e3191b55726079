import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** Told of what comes of a request. */
export interface AnswerTo {
  /** The head is there; what follows is told to the answer's own listeners, which are set by the time this returns. */
  onAnswer(answer: WorkerAnswer): void;
  /** There will be no answer. @param isSent whether a byte of the request may have reached the worker */
  onFailure(isSent: boolean): void;
}

/** A worker's answer as it comes in. */
export class WorkerAnswer {
  onData: (chunk: Buffer) => void = () => undefined;
  onEnd: () => void = () => undefined;
  /** It was cut off. */
  onCut: () => void = () => undefined;

  constructor(
    readonly statusCode: number,
    readonly headers: IncomingHttpHeaders,
    private readonly controller: Dispatcher.DispatchController,
  ) {}

  pause(): void {
    this.controller.pause();
  }

  resume(): void {
    this.controller.resume();
  }
}

/** One request to a worker, on its way or being answered. */
export class SentRequest implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private answer: WorkerAnswer | undefined;
  private isOver = false;

  constructor(private readonly answerTo: AnswerTo) {}

  /** Ends it, and its connection where an answer is still to come on it; nobody hears of it any more. Idempotent. */
  abort(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.controller?.abort(new Error('Nobody waits for the answer.'));
  }

  /** The connection is there, and now the request is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.isOver) controller.abort(new Error('Nobody waits for the answer.'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    // An interim answer; the real one is still to come.
    if (this.isOver || statusCode < 200) return;
    this.answer = new WorkerAnswer(statusCode, headers, controller);
    this.answerTo.onAnswer(this.answer);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.isOver) this.answer?.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.answer?.onEnd();
  }

  onResponseError(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.answer) this.answer.onCut();
    else this.answerTo.onFailure(this.controller !== undefined);
  }
}
