import type { ClientPresence } from './client-presence.js';

/** Requests that come before the gateway has read the route table wait for it: a load balancer may be early. */
export class Opening {
  private isOpen = false;
  private readonly waiting = new Set<() => void>();

  open(): void {
    this.isOpen = true;
    for (const go of [...this.waiting]) go();
  }

  /** Resolves when it is open, `timeoutMs` are over, or the client went away. */
  async wait(client: ClientPresence, timeoutMs: number): Promise<void> {
    if (this.isOpen || client.isGone) return;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        stopWatching();
        this.waiting.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, timeoutMs);
      const stopWatching = client.onGone(finish);
      this.waiting.add(finish);
    });
  }
}
