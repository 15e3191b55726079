import type { IncomingMessage, ServerResponse } from 'node:http';
import { endpointIdOf, type Ids, type Log, type RouteRecord, type RouteView } from '@mcp-hub/application';
import type { SessionIds } from '@mcp-hub/mcp/session-ids';
import type { CallerCheck } from './caller-check.js';
import type { Delivery, Deliver } from './delivery.js';
import { Exchange } from './exchange.js';
import type { Refusal } from './gateway-answers.js';
import { foreignReason, type HostPolicy } from './host-check.js';
import { Opening } from './opening.js';
import { Avoided, InFlight, pickRoute } from './pick-route.js';
import { refusals } from './refusals.js';
import { readHeads } from './request-head.js';
import { serverPathOf } from './server-path.js';
import type { SessionCount } from './session-count.js';
import { unavailableReason } from './unavailable.js';
import { isComingUp, waitForRoute } from './wait-for-route.js';

export interface ServerGatewayOptions {
  hosts: HostPolicy;
  /** How long a request waits for a server that is loading. */
  loadTimeoutMs: number;
  maxBodyBytes: number;
  /** Of the hub's public URL; '' for none. */
  publicPath: string;
}

/** Sessions that were revived away from the worker that their id names; bounded, the oldest is forgotten. */
const rememberedMoves = 10_000;
/** How long a request waits for a gateway that has not read the route table: longer than that takes where its server is up. */
const mostOpeningMs = 5_000;
/** Workers that one request may be sent to. */
const mostDeliveries = 4;

/**
 * The data plane (design.md): takes MCP clients' requests to `/servers/{id}/mcp`, and to `…/sse` and `…/messages` of old, and
 * has each answered by a worker that serves it. Works on plain Node HTTP, reads headers only, and knows everything it needs from memory.
 */
export class ServerGateway {
  private readonly inFlight = new InFlight();
  private readonly moved = new Map<string, string>();
  private readonly exchanges = new Set<Exchange>();
  private readonly opening = new Opening();
  private isStopping = false;

  constructor(
    private readonly view: RouteView,
    private readonly checkCaller: CallerCheck,
    private readonly sessionIds: SessionIds,
    private readonly deliver: Deliver,
    private readonly self: { ids: Ids; log: Log; sessions: SessionCount; options: ServerGatewayOptions },
  ) {}

  /** Requests that are not answered so far. */
  get openExchanges(): number {
    return this.exchanges.size;
  }

  /** @returns false where the request is not for a server; else it is answered */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    const path = serverPathOf(req.url ?? '', this.self.options.publicPath);
    if (path === undefined) return false;
    const { serverId } = path;
    const exchange = new Exchange(serverId, this.self.ids.next(), req, res);
    exchange.httpSse = path.httpSse;
    this.exchanges.add(exchange);
    void this.answer(exchange)
      .catch(async (error: unknown) => {
        this.self.log.error('gateway.request_failed', { serverId, callId: exchange.callId, error });
        await this.refuse(exchange, refusals.internal);
      })
      .finally(() => this.exchanges.delete(exchange));
    return true;
  }

  /** The route table was read: requests that came before go on. */
  open(): void {
    this.opening.open();
  }

  /** The gateway is to stop: streams that have no end of their own end now, and no new ones are begun. */
  beginStop(): void {
    this.isStopping = true;
    for (const exchange of [...this.exchanges]) if (exchange.isOpenEnded) void exchange.end(refusals.stopping);
  }

  /** Everybody who still waits is told that the gateway stops, and whether the call may have been executed. */
  async endAll(): Promise<void> {
    this.isStopping = true;
    await Promise.all(
      [...this.exchanges].map(async (exchange) => {
        const { executor } = exchange;
        const outcome = executor === undefined ? 'not_executed' : 'unknown';
        const refusal = { ...refusals.stopping, outcome, worker: executor } as const;
        this.logOutcome(exchange, refusal);
        await exchange.end(refusal);
      }),
    );
  }

  private async answer(exchange: Exchange): Promise<void> {
    const { serverId, req } = exchange;
    const foreign = foreignReason(req, this.self.options.hosts);
    if (foreign !== undefined) {
      exchange.turnAway({ httpStatus: 403, code: 'foreign_request', message: foreign });
      return;
    }
    const checked = this.checkCaller(req.headers.authorization, serverId);
    if (checked.kind === 'refused') {
      exchange.turnAway(checked.refusal);
      return;
    }
    exchange.caller = checked.caller;
    if (Number(req.headers['content-length'] ?? 0) > this.self.options.maxBodyBytes) {
      await this.refuse(exchange, refusals.tooLarge);
      return;
    }
    if (this.isStopping && exchange.isOpenEnded) {
      await this.refuse(exchange, refusals.stopping);
      return;
    }
    const { httpSse } = exchange;
    exchange.session = httpSse?.kind === 'message' ? httpSse.sessionId : headerOf(req, 'mcp-session-id');
    let owner: string | undefined;
    if (exchange.session !== undefined) {
      const issued = this.sessionIds.read(exchange.session, { serverId, caller: checked.caller });
      if (!issued) {
        await this.refuse(exchange, refusals.sessionUnknown);
        return;
      }
      owner = this.moved.get(exchange.session) ?? issued.incarnation;
    }
    if (!(await this.hasPlace(exchange))) {
      await this.refuse(exchange, refusals.tooManySessions);
      return;
    }
    await this.opening.wait(exchange.client, Math.min(this.self.options.loadTimeoutMs, mostOpeningMs));
    await this.deliverUntilAnswered(exchange, owner);
  }

  private async deliverUntilAnswered(exchange: Exchange, sessionOwner: string | undefined): Promise<void> {
    const { serverId, body, session, client, callId } = exchange;
    const avoid = new Avoided();
    let owner = sessionOwner;
    let attempt = 1;
    let namedOwner: string | undefined;
    for (let delivery = 1; delivery <= mostDeliveries; delivery++) {
      const route = await this.routeFor(serverId, owner, avoid, exchange);
      if (client.isGone) return;
      if (!route) break;
      const isOwnerGone = namedOwner !== undefined && namedOwner !== endpointIdOf(route);
      const executorBefore = exchange.executor;
      exchange.executor = route.worker;
      const ended = await this.deliverTo(route, exchange, { attempt, delivery, isOwnerGone });
      if (ended.kind !== 'answered' && ended.kind !== 'broken_off') exchange.executor = executorBefore;
      switch (ended.kind) {
        case 'answered':
          return;
        case 'broken_off': {
          const refusal = { ...refusals.workerLost, worker: route.worker };
          this.view.suspect(route.worker);
          this.logOutcome(exchange, refusal);
          await exchange.breakOff(refusal);
          return;
        }
        case 'belongs_to':
          if (session !== undefined) this.rememberMove(session, ended.owner);
          namedOwner = owner = ended.owner;
          break;
        case 'not_hosted':
          avoid.addRoute(route);
          break;
        case 'too_large':
          await this.refuse(exchange, refusals.tooLarge);
          return;
        case 'not_reached':
          this.view.suspect(route.worker);
          avoid.addWorker(route.worker);
          break;
        case 'lost': {
          const { fate } = ended;
          this.self.log.warn('call.connection_lost', { serverId, callId, worker: route.worker, attempt, fate });
          if (exchange.httpSse && (fate === 'executing' || fate === 'finished')) {
            // The worker has it, and its answer comes on the stream: sent again it would be answered twice.
            exchange.accept();
            return;
          }
          if (fate !== 'not_seen') {
            attempt = 2;
            exchange.executor = route.worker;
          }
          if (fate === 'gone' || fate === 'untold') {
            this.view.suspect(route.worker);
            avoid.addWorker(route.worker);
          }
          break;
        }
      }
      if (!body.isReplayable) break;
    }
    const { executor } = exchange;
    if (executor !== undefined) {
      await this.refuse(exchange, { ...refusals.workerLost, worker: executor });
    } else if (body.isReplayable) await this.refuse(exchange, unavailableReason(this.view, serverId));
    else await this.refuse(exchange, refusals.notDelivered);
  }

  private async deliverTo(
    route: RouteRecord,
    exchange: Exchange,
    about: { attempt: number; delivery: number; isOwnerGone: boolean },
  ): Promise<Delivery> {
    const { req, res, body, caller, callId, client, session, httpSse } = exchange;
    const context = { caller, callId, ...about, ...(httpSse && { httpSse }) };
    const onOwner = (owner: string): void => {
      if (session !== undefined) this.rememberMove(session, owner);
    };
    const onSession = (opened: string): void => {
      if (opened !== session) this.self.sessions.add(opened);
    };
    const end = this.inFlight.begin(route);
    try {
      return await this.deliver(route, { req, res, body, client, context, onOwner, onSession });
    } finally {
      end();
    }
  }

  /** Waits where the server is coming up; undefined where there is nobody to ask. */
  private async routeFor(
    serverId: string,
    owner: string | undefined,
    avoid: Avoided,
    { client }: Exchange,
  ): Promise<RouteRecord | undefined> {
    const choose = (): RouteRecord | undefined =>
      pickRoute(this.view, serverId, { ...(owner === undefined ? {} : { owner }), avoid, inFlight: this.inFlight });
    const chosen = choose();
    if (chosen || !isComingUp(this.view, serverId)) return chosen;
    await waitForRoute(this.view, serverId, this.self.options.loadTimeoutMs, client, () => choose() !== undefined);
    return choose();
  }

  /** Whether the legacy session that the request belongs to, or opens, has a place; the cap is for new ones only. */
  private async hasPlace({ req, res, body, session, httpSse }: Exchange): Promise<boolean> {
    const { sessions } = this.self;
    if (session !== undefined) {
      // Sessions of HTTP+SSE count by their streams.
      if (!httpSse) sessions.use(session, req.method, res);
      return true;
    }
    const mayOpen = httpSse ? req.method === 'GET' : req.method === 'POST' && req.headers['mcp-method'] === undefined;
    if (!mayOpen) return true;
    if (!sessions.hasRoom && (httpSse || isHandshake(await body.prefix()))) return false;
    sessions.reserve(res);
    return true;
  }

  private rememberMove(session: string, owner: string): void {
    this.moved.delete(session);
    this.moved.set(session, owner);
    const oldest = this.moved.keys().next();
    if (this.moved.size > rememberedMoves && !oldest.done) this.moved.delete(oldest.value);
  }

  private async refuse(exchange: Exchange, refusal: Refusal): Promise<void> {
    this.logOutcome(exchange, refusal);
    await exchange.refuse(refusal);
  }

  private logOutcome({ serverId, callId }: Exchange, { code, outcome, worker }: Refusal): void {
    if (outcome !== undefined) this.self.log.info('call.not_completed', { serverId, callId, code, outcome, worker });
  }
}

function isHandshake(body: string): boolean {
  return readHeads(body).some(({ method }) => method === 'initialize');
}

function headerOf(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
