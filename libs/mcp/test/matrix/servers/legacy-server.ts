import { capabilities, helloMembers, instructions, listOf, serverInfo, tasks } from './catalog.js';
import { answersAsText, scriptOf, type Asked, type Json, type Seen, type Step } from './script.js';

type Send = (message: Json, relatedRequestId?: unknown) => void;

interface Running {
  id: unknown;
  params: Json;
  isCancelled: boolean;
}

/** A server of 2025-11-25 that does what the script in a request says, whatever its method. One for each connection. */
export class LegacyServer {
  readonly seen: Seen[] = [];
  readonly #send: Send;
  readonly #running = new Map<unknown, Running>();
  readonly #waiting = new Map<string, (reply: Json) => void>();
  readonly #held = new Map<string, () => void>();
  readonly #failed = new Set<string>();
  #lastId = 0;

  /** @param send gives a message to the client; the id is that of the client's request that it belongs to */
  constructor(send: Send) {
    this.#send = send;
  }

  receive(message: Json, headers?: Record<string, string>): void {
    this.seen.push({ ...message, ...(headers && { headers }) });
    const { id, method } = message;
    if (typeof method !== 'string') {
      this.#waiting.get(String(id))?.(message);
      return;
    }
    const params = (message['params'] ?? {}) as Json;
    if (id === undefined) {
      const running = method === 'notifications/cancelled' ? this.#running.get(params['requestId']) : undefined;
      if (running) running.isCancelled = true;
      return;
    }
    void this.#serve(id, method, params);
  }

  async #serve(id: unknown, method: string, params: Json): Promise<void> {
    const script = scriptOf(params);
    const result = script ? undefined : this.#own(method, params);
    if (result) {
      this.#reply(id, { result });
      if (method === 'probe/emit') for (const message of params['messages'] as Json[]) this.#emit(message);
      return;
    }
    if (!script) {
      this.#reply(id, { error: { code: -32601, message: 'Method not found', data: { method } } });
      return;
    }
    const running: Running = { id, params, isCancelled: false };
    this.#running.set(id, running);
    const answers: Json = {};
    for (const step of script.steps ?? []) await this.#step(step, running, answers);
    this.#running.delete(id);
    if (running.isCancelled) return;
    const isOver = script.errorOnce !== undefined && this.#failed.has(script.errorOnce);
    if (script.errorOnce !== undefined) this.#failed.add(script.errorOnce);
    const error = isOver ? undefined : script.error;
    this.#reply(id, error ? { error } : { result: script.result ?? answersAsText(answers) });
  }

  /** What is answered without a script. */
  #own(method: string, params: Json): Json | undefined {
    switch (method) {
      case 'initialize':
        return {
          protocolVersion: '2025-11-25',
          capabilities: { ...capabilities, tasks },
          serverInfo,
          instructions,
          ...helloMembers,
        };
      case 'probe/journal':
        return { seen: this.seen.filter((one) => one.method !== 'probe/journal') };
      case 'probe/release':
        this.#held.get(String(params['name']))?.();
        return {};
      case 'probe/emit':
      case 'ping':
      case 'logging/setLevel':
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return {};
      default:
        return listOf(method, true);
    }
  }

  async #step(step: Step, running: Running, answers: Json): Promise<void> {
    const { id } = running;
    if ('tell' in step) this.#send({ jsonrpc: '2.0', ...step.tell }, id);
    else if ('progress' in step) {
      const { progressToken } = (running.params['_meta'] ?? {}) as Json;
      this.#send({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, ...step.progress } }, id);
    } else if ('ask' in step) {
      await Promise.all(this.#ask(step.ask, id).map(async ([name, , reply]) => (answers[name] = await reply)));
    } else if ('askAndWithdraw' in step) {
      const asked = this.#ask(step.askAndWithdraw, id);
      await this.#release(step.until);
      for (const [, requestId] of asked) {
        const params = { requestId, reason: 'No longer needed.' };
        this.#send({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, id);
      }
    } else if ('hold' in step) await this.#release(step.hold);
  }

  /** @returns for each: its name, the id under which it was sent, and the reply without what frames it */
  #ask(asked: Asked, relatedRequestId: unknown): [string, string, Promise<Json>][] {
    return Object.entries(asked).map(([name, request]) => {
      const id = `server-${(this.#lastId += 1)}`;
      const reply = new Promise<Json>((resolve) => {
        this.#waiting.set(id, ({ jsonrpc: _, id: __, ...body }) => {
          resolve(body);
        });
      });
      this.#send({ jsonrpc: '2.0', id, ...request }, relatedRequestId);
      return [name, id, reply];
    });
  }

  #release(name: string): Promise<void> {
    return new Promise((resolve) => {
      this.#held.set(name, resolve);
    });
  }

  /** Outside of any request; a request gets an answer that nobody waits for. */
  #emit(message: Json): void {
    const isRequest = message['isRequest'] === true;
    const { isRequest: _, ...body } = message;
    this.#send({ jsonrpc: '2.0', ...(isRequest && { id: `server-${(this.#lastId += 1)}` }), ...body });
  }

  #reply(id: unknown, body: Json): void {
    this.#send({ jsonrpc: '2.0', id, ...body }, id);
  }
}
