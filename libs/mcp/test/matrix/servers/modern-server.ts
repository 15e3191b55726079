import { capabilities, helloMembers, instructions, listOf, serverInfo } from './catalog.js';
import { answersAsText, scriptOf, type Json, type Script, type Seen } from './script.js';

type Send = (message: Json, relatedRequestId?: unknown) => void;

const keys = {
  capabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscription: 'io.modelcontextprotocol/subscriptionId',
};

/** A state that this server gives out: where it is in its script, what it was answered, and what it was told to keep. */
interface State {
  at: number;
  answers: Json;
  kept?: string;
}

/** A server of 2026-07-28 that does what the script in a request says. It keeps nothing but its subscriptions and journal. */
export class ModernServer {
  readonly seen: Seen[] = [];
  readonly #send: Send;
  readonly #subscriptions = new Map<unknown, Json>();
  readonly #cancelled = new Set<unknown>();
  readonly #held = new Map<string, () => void>();

  /** @param send gives a message to the client; the id is that of the client's request that it belongs to */
  constructor(send: Send) {
    this.#send = send;
  }

  receive(message: Json, headers?: Record<string, string>): void {
    this.seen.push({ ...message, ...(headers && { headers }) });
    const { id, method } = message;
    if (typeof method !== 'string') return;
    const params = (message['params'] ?? {}) as Json;
    if (id !== undefined) void this.#serve(id, method, params);
    else if (method === 'notifications/cancelled') this.cancel(params['requestId']);
  }

  /** The request with this id is over for its client: cancelled, or its stream was closed. */
  cancel(id: unknown): void {
    this.#cancelled.add(id);
    this.#subscriptions.delete(id);
  }

  /** By a transport that has no notification for it. */
  closed(id: unknown): void {
    this.seen.push({ method: 'probe/stream-closed', params: { requestId: id } });
    this.cancel(id);
  }

  async #serve(id: unknown, method: string, params: Json): Promise<void> {
    const script = scriptOf(params);
    if (method === 'subscriptions/listen') {
      const notifications = params['notifications'] as Json;
      this.#subscriptions.set(id, notifications);
      this.#send(
        {
          jsonrpc: '2.0',
          method: 'notifications/subscriptions/acknowledged',
          params: { notifications, _meta: { [keys.subscription]: id } },
        },
        id,
      );
      return;
    }
    const body = script ? await this.#play(id, script, params) : this.#own(method, params);
    if (this.#cancelled.delete(id)) return;
    this.#send({ jsonrpc: '2.0', id, ...body }, id);
    if (method === 'probe/emit') for (const message of params['messages'] as Json[]) this.#emit(message);
  }

  #own(method: string, params: Json): Json {
    switch (method) {
      case 'server/discover': {
        const { _meta, ...members } = helloMembers;
        return complete({
          supportedVersions: ['2026-07-28'],
          capabilities,
          instructions,
          ttlMs: 60_000,
          cacheScope: 'public',
          ...members,
          _meta,
        });
      }
      case 'probe/journal':
        return complete({ seen: this.seen.filter((one) => one.method !== 'probe/journal') });
      case 'probe/release':
        this.#held.get(String(params['name']))?.();
        return complete({});
      case 'probe/emit':
        return complete({});
      default: {
        const list = listOf(method, false);
        return list
          ? complete({ ...list, ttlMs: 5_000, cacheScope: 'public' })
          : { error: { code: -32601, message: 'Method not found', data: { method } } };
      }
    }
  }

  async #play(id: unknown, script: Script, params: Json): Promise<Json> {
    const { requestState, inputResponses } = params as { requestState?: string; inputResponses?: Json };
    const state: State = requestState === undefined ? { at: 0, answers: {} } : (JSON.parse(requestState) as State);
    const steps = script.steps ?? [];
    const meta = (params['_meta'] ?? {}) as Json;
    for (let at = state.at; at < steps.length; at += 1) {
      const step = steps[at];
      if (!step) break;
      if ('tell' in step) {
        if (step.tell.method !== 'notifications/message' || meta[keys.logLevel] !== undefined) {
          this.#send({ jsonrpc: '2.0', ...step.tell }, id);
        }
      } else if ('progress' in step) {
        const { progressToken } = meta;
        const progress = { progressToken, ...step.progress };
        this.#send({ jsonrpc: '2.0', method: 'notifications/progress', params: progress }, id);
      } else if ('hold' in step) {
        await new Promise<void>((resolve) => {
          this.#held.set(step.hold, resolve);
        });
      } else if ('require' in step) {
        const declared = (meta[keys.capabilities] ?? {}) as Json;
        if (Object.entries(step.require).every(([name, members]) => has(declared[name], members))) continue;
        const data = { requiredCapabilities: step.require };
        return { error: { code: -32021, message: 'The client lacks a capability.', data } };
      } else if ('keep' in step) {
        if (state.kept === step.keep) continue;
        return asking({ requestState: JSON.stringify({ ...state, at, kept: step.keep } satisfies State) });
      } else if ('ask' in step) {
        const names = Object.keys(step.ask);
        const isAnswered = state.at === at && names.every((name) => inputResponses?.[name] !== undefined);
        if (!isAnswered) {
          const requestState = JSON.stringify({ ...state, at } satisfies State);
          return asking({ inputRequests: step.ask, requestState, ...step.resultMembers });
        }
        for (const name of names) state.answers[name] = { result: inputResponses?.[name] };
      }
    }
    if (script.error) return { error: script.error };
    return complete(script.result ?? answersAsText(state.answers));
  }

  /** To those who listen for it; what no filter names goes to all of them. */
  #emit(message: Json): void {
    for (const [id, filter] of this.#subscriptions) {
      if (!isWanted(message, filter)) continue;
      const params = (message['params'] ?? {}) as Json;
      const _meta = { ...(params['_meta'] as Json | undefined), [keys.subscription]: id };
      this.#send({ jsonrpc: '2.0', ...message, params: { ...params, _meta } }, id);
    }
  }
}

function has(declared: unknown, members: unknown): boolean {
  if (typeof declared !== 'object' || declared === null) return false;
  return Object.keys(members as Json).every((member) => member in declared);
}

const flags: Record<string, string> = {
  'notifications/tools/list_changed': 'toolsListChanged',
  'notifications/prompts/list_changed': 'promptsListChanged',
  'notifications/resources/list_changed': 'resourcesListChanged',
};

function isWanted({ method, params }: Json, filter: Json): boolean {
  if (method === 'notifications/resources/updated') {
    const uris = (filter['resourceSubscriptions'] ?? []) as unknown[];
    return uris.includes((params as Json)['uri']);
  }
  const flag = flags[String(method)];
  return flag === undefined || filter[flag] === true;
}

/** A result that names the server, as it should (2026-07-28, "Result metadata"). */
function complete(result: Json): Json {
  const meta = { [keys.serverInfo]: serverInfo, ...(result['_meta'] as Json | undefined) };
  return { result: { resultType: 'complete', ...result, _meta: meta } };
}

function asking(members: Json): Json {
  const meta = { [keys.serverInfo]: serverInfo, ...(members['_meta'] as Json | undefined) };
  return { result: { resultType: 'input_required', ...members, _meta: meta } };
}
