import type { IncomingMessage, ServerResponse } from 'node:http';
import { endpointIdOf, type Ids, type Log, type RouteRecord, type RouteView } from '@mcp-hub/application';
import type { SessionIds } from '@mcp-hub/mcp/session-ids';
import { endBrokenStream, sendRefusal, type Refusal } from './gateway-answers.js';
import { foreignReason, type HostPolicy } from './host-check.js';
import type { CallerCheck } from './caller-check.js';
import { ClientPresence } from './client-presence.js';
import { Avoided, InFlight, pickRoute } from './pick-route.js';
import { ReplayableBody } from './replayable-body.js';
import { serverIdOfPath } from './server-path.js';
import { unavailableReason } from './unavailable.js';
import { isComingUp, waitForRoute } from './wait-for-route.js';
import type { Delivery, Deliver } from './delivery.js';

export interface ServerGatewayOptions {
  hosts: HostPolicy;
  /** How long a request waits for a server that is loading. */
  loadTimeoutMs: number;
  maxBodyBytes: number;
}

/** Sessions that were revived away from the worker that their id names; bounded, the oldest is forgotten. */
const rememberedMoves = 10_000;
/** Workers that one request may be sent to. */
const mostDeliveries = 4;

/**
 * The data plane (design.md): takes MCP clients' requests to `/servers/{id}/mcp` and has each answered by a worker that
 * serves it. Works on plain Node HTTP, reads headers only, and knows everything it needs from memory.
 */
export class ServerGateway {
  private readonly inFlight = new InFlight();
  private readonly moved = new Map<string, string>();

  constructor(
    private readonly view: RouteView,
    private readonly checkCaller: CallerCheck,
    private readonly sessionIds: SessionIds,
    private readonly deliver: Deliver,
    private readonly self: { ids: Ids; log: Log; options: ServerGatewayOptions },
  ) {}

  /** @returns false where the request is not for a server; else it is answered */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    const serverId = serverIdOfPath(req.url ?? '');
    if (serverId === undefined) return false;
    void this.answer(serverId, req, res).catch((error: unknown) => {
      this.self.log.error('gateway.request_failed', { serverId, error });
      sendRefusal(res, { httpStatus: 500, code: 'internal', message: 'The gateway failed.', outcome: 'unknown' }, '');
    });
    return true;
  }

  private async answer(serverId: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = new ReplayableBody(req);
    res.once('finish', () => {
      body.discard();
    });
    const foreign = foreignReason(req, this.self.options.hosts);
    if (foreign !== undefined) {
      sendRefusal(res, { httpStatus: 403, code: 'foreign_request', message: foreign }, '');
      return;
    }
    const checked = this.checkCaller(req.headers.authorization, serverId);
    if (checked.kind === 'refused') {
      sendRefusal(res, checked.refusal, '');
      return;
    }
    if (Number(req.headers['content-length'] ?? 0) > this.self.options.maxBodyBytes) {
      await this.refuse(req, res, body, tooLarge);
      return;
    }
    const { caller } = checked;
    const session = headerOf(req, 'mcp-session-id');
    let owner: string | undefined;
    if (session !== undefined) {
      const issued = this.sessionIds.read(session, { serverId, caller });
      if (!issued) {
        await this.refuse(req, res, body, sessionUnknown);
        return;
      }
      owner = this.moved.get(session) ?? issued.incarnation;
    }
    const client = new ClientPresence(res);
    const callId = this.self.ids.next();
    await this.deliverUntilAnswered({ serverId, req, res, body, caller, callId, session, owner, client });
  }

  private async deliverUntilAnswered(exchange: Exchange): Promise<void> {
    const { serverId, req, res, body, session, client, callId } = exchange;
    const avoid = new Avoided();
    let { owner } = exchange;
    let attempt = 1;
    let namedOwner: string | undefined;
    for (let count = 0; count < mostDeliveries; count++) {
      const route = await this.routeFor(serverId, owner, avoid, client);
      if (client.isGone) return;
      if (!route) break;
      const isOwnerGone = namedOwner !== undefined && namedOwner !== endpointIdOf(route);
      const delivery = await this.deliverTo(route, exchange, { attempt, isOwnerGone });
      switch (delivery.kind) {
        case 'answered':
          return;
        case 'broken_off':
          this.view.suspect(route.worker);
          endBrokenStream(res, { ...workerLost, ...lossOf(exchange, route), outcome: 'unknown' }, await body.prefix());
          return;
        case 'belongs_to':
          if (session !== undefined) this.rememberMove(session, delivery.owner);
          namedOwner = owner = delivery.owner;
          break;
        case 'not_hosted':
          avoid.addRoute(route);
          break;
        case 'not_reached':
          this.view.suspect(route.worker);
          avoid.addWorker(route.worker);
          break;
        case 'lost':
          this.view.suspect(route.worker);
          avoid.addWorker(route.worker);
          attempt = 2;
          break;
      }
      if (!body.isReplayable) {
        const outcome = attempt > 1 ? 'unknown' : 'not_executed';
        await this.refuse(req, res, body, { ...workerLost, ...lossOf(exchange, route), outcome });
        return;
      }
    }
    const refusal =
      attempt > 1
        ? { ...workerLost, outcome: 'unknown' as const, server: serverId }
        : unavailableReason(this.view, serverId);
    await this.refuse(req, res, body, { ...refusal, callId });
  }

  private async deliverTo(
    route: RouteRecord,
    exchange: Exchange,
    { attempt, isOwnerGone }: { attempt: number; isOwnerGone: boolean },
  ): Promise<Delivery> {
    const { req, res, body, caller, callId, client, session } = exchange;
    const context = { caller, callId, attempt, isOwnerGone };
    const onOwner = (owner: string): void => {
      if (session !== undefined) this.rememberMove(session, owner);
    };
    const end = this.inFlight.begin(route);
    try {
      return await this.deliver(route, { req, res, body, client, context, onOwner });
    } finally {
      end();
    }
  }

  /** Waits where the server is coming up; undefined where there is nobody to ask. */
  private async routeFor(
    serverId: string,
    owner: string | undefined,
    avoid: Avoided,
    client: ClientPresence,
  ): Promise<RouteRecord | undefined> {
    const choose = (): RouteRecord | undefined =>
      pickRoute(this.view, serverId, { ...(owner === undefined ? {} : { owner }), avoid, inFlight: this.inFlight });
    const chosen = choose();
    if (chosen || !isComingUp(this.view, serverId)) return chosen;
    await waitForRoute(this.view, serverId, this.self.options.loadTimeoutMs, client, () => choose() !== undefined);
    return choose();
  }

  private rememberMove(session: string, owner: string): void {
    this.moved.delete(session);
    this.moved.set(session, owner);
    const oldest = this.moved.keys().next();
    if (this.moved.size > rememberedMoves && !oldest.done) this.moved.delete(oldest.value);
  }

  private async refuse(
    req: IncomingMessage,
    res: ServerResponse,
    body: ReplayableBody,
    refusal: Refusal,
  ): Promise<void> {
    const prefix = req.method === 'POST' ? await body.prefix() : '';
    sendRefusal(res, refusal, prefix);
  }
}

interface Exchange {
  serverId: string;
  req: IncomingMessage;
  res: ServerResponse;
  body: ReplayableBody;
  caller: string;
  callId: string;
  session: string | undefined;
  owner: string | undefined;
  client: ClientPresence;
}

const sessionUnknown: Refusal = {
  httpStatus: 404,
  code: 'session_not_found',
  message: 'There is no such session. Start a new one with initialize.',
};

const tooLarge: Refusal = {
  httpStatus: 413,
  code: 'too_large',
  message: 'The request is larger than gateway.max_body_mb allows.',
  headers: { connection: 'close' },
};

const workerLost: Refusal = {
  httpStatus: 503,
  code: 'worker_lost',
  message: 'The worker that ran this request was lost before it answered.',
  retryAfterSeconds: 1,
};

function lossOf({ serverId, callId }: Exchange, route: RouteRecord): Partial<Refusal> {
  return { server: serverId, worker: route.worker, callId };
}

function headerOf(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
