import type { ServerResponse } from 'node:http';

/** Whether a client is still there to be answered. An AbortSignal would do, at several times its cost for each request. */
export class ClientPresence {
  private readonly listeners = new Set<() => void>();
  private hasGone = false;

  constructor(res: ServerResponse) {
    res.once('close', () => {
      if (res.writableFinished) return;
      this.hasGone = true;
      for (const listener of this.listeners) listener();
    });
  }

  /** It went away before it had its whole answer. */
  get isGone(): boolean {
    return this.hasGone;
  }

  /** Calls back once when the client goes away from now on. @returns stops it */
  onGone(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
