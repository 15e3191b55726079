import type { ServerResponse } from 'node:http';

/** What a client has of an event stream that it is being sent. */
export interface ClientStream {
  /** Whole events only, so that another one may follow. */
  isBetweenEvents: boolean;
  /** It began with the event by which clients resume a stream that ends early. */
  isResumable: boolean;
}

/** Whether a client is still there to be answered. An AbortSignal would do, at several times its cost for each request. */
export class ClientPresence {
  /** Once a worker's event stream is passed on to it. */
  stream: ClientStream | undefined;
  private readonly listeners = new Set<() => void>();
  private hasGone = false;

  constructor(res: ServerResponse) {
    res.once('close', () => {
      if (!res.writableFinished) this.giveUp();
    });
  }

  /** It went away before it had its whole answer, or is answered by the gateway itself. */
  get isGone(): boolean {
    return this.hasGone;
  }

  /** Whatever is being done for it is to be ended. */
  giveUp(): void {
    if (this.hasGone) return;
    this.hasGone = true;
    for (const listener of this.listeners) listener();
  }

  /** Calls back once when the client goes away from now on. @returns stops it */
  onGone(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
