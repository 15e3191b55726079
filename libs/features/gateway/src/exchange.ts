import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClientPresence } from './client-presence.js';
import { endBrokenStream, sendRefusal, type Refusal } from './gateway-answers.js';
import { ReplayableBody } from './replayable-body.js';
import type { HttpSsePath } from './server-path.js';

/** One request of a client, until it is answered. */
export class Exchange {
  readonly body: ReplayableBody;
  readonly client: ClientPresence;
  /** Once the caller is known. */
  caller = '';
  /** Set for the HTTP+SSE transport. */
  httpSse: HttpSsePath | undefined;
  /** The legacy session that it names, if any. */
  session: string | undefined;
  /** The worker that may have executed it. */
  executor: string | undefined;

  constructor(
    readonly serverId: string,
    readonly callId: string,
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
  ) {
    this.body = new ReplayableBody(req);
    this.client = new ClientPresence(res);
    res.once('finish', () => {
      this.body.discard();
    });
  }

  /** Its answer is a stream without an end of its own, for which clients come back. */
  get isOpenEnded(): boolean {
    return this.req.method === 'GET' || this.req.headers['mcp-method'] === 'subscriptions/listen';
  }

  /** Refuses a caller who is not known, or not let in: its body is not looked at. */
  turnAway(refusal: Refusal): void {
    sendRefusal(this.res, refusal, '');
  }

  /** A message of HTTP+SSE arrived; what there is to answer comes on its stream. */
  accept(): void {
    this.res.writeHead(202, { 'content-length': 0 }).end();
  }

  /** Answers it with an error of the hub's own. */
  async refuse(refusal: Refusal): Promise<void> {
    const { req, res, body, serverId, callId } = this;
    const prefix = req.method === 'POST' ? await body.prefix() : '';
    sendRefusal(res, { server: serverId, ...refusal, callId }, prefix);
  }

  /**
   * Ends it for the client, whatever a worker still does for it: with the refusal, or, where a stream has begun, with an
   * error as its last event. A stream for which its client comes back just ends.
   */
  async end(refusal: Refusal): Promise<void> {
    const { res, client } = this;
    const { stream } = client;
    client.giveUp();
    if (!res.headersSent) await this.refuse(refusal);
    else if (stream?.isBetweenEvents !== true) return;
    else if (this.isOpenEnded || stream.isResumable) res.end();
    else await this.breakOff(refusal);
  }

  /** Ends a stream that its worker left in the middle, and between two events: with an error as its last one. */
  async breakOff(refusal: Refusal): Promise<void> {
    const { res, body, serverId, callId } = this;
    endBrokenStream(res, { server: serverId, ...refusal, callId }, await body.prefix());
  }
}
