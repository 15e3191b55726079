import { errorCode, LostRequest, NotSent, type RawTransport } from '@mcp-hub/mcp';

type Message = Parameters<RawTransport['send']>[0];
type Era = 'legacy' | 'modern';

export interface BridgeOptions {
  /** The side of the MCP client. */
  client: RawTransport;
  /** Opens the hub's endpoint for one of the eras; called once for each that the client uses. */
  connect: (era: Era) => RawTransport;
  /** Gets what went wrong beside the protocol, a line for a person. */
  onTrouble: (text: string) => void;
}

const versionKey = 'io.modelcontextprotocol/protocolVersion';

/**
 * Carries messages between an MCP client on standard streams and the hub's HTTP endpoint, as they are (MCP, "stdio").
 * The client chooses the era by what it sends, message by message; a request that can't be carried is answered by an
 * error, so that no client waits for nothing.
 */
export class Bridge {
  readonly #options: BridgeOptions;
  readonly #upstreams = new Map<Era, Promise<RawTransport>>();
  /** The client's requests that wait for their answer. */
  readonly #waiting = new Map<string | number, { era: Era; method: string }>();
  /** While the handshake is not answered: a client that does not wait for that has no session to send anything in. */
  #handshake: Promise<void> | undefined;
  #endHandshake: () => void = () => undefined;

  constructor(options: BridgeOptions) {
    this.#options = options;
  }

  /** Resolves when the client has closed its side, and all that was open is closed. */
  async run(): Promise<void> {
    const { client } = this.#options;
    const closed = new Promise<void>((resolve) => {
      client.onclose = resolve;
    });
    client.onmessage = (message) => void this.#toHub(message);
    await client.start();
    await closed;
    await Promise.all([...this.#upstreams.values()].map((opening) => opening.then((upstream) => upstream.close())));
  }

  async #toHub(message: Message): Promise<void> {
    const era = this.#eraOf(message);
    const isRequest = 'method' in message && 'id' in message;
    if (isRequest) this.#waiting.set(message.id, { era, method: message.method });
    const before = era === 'legacy' ? this.#handshake : undefined;
    if (isRequest && message.method === 'initialize') this.#handshake = this.#beginHandshake();
    if (before) await before;
    try {
      const upstream = await this.#upstream(era);
      await upstream.send(message);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onTrouble(reason);
      if (!isRequest || !this.#settle(message.id)) return;
      await this.#toClient({
        jsonrpc: '2.0',
        id: message.id,
        error: {
          code: errorCode.hub,
          message: `The hub did not answer: ${reason}`,
          data: { outcome: outcomeOf(error) },
        },
      });
    }
  }

  #beginHandshake(): Promise<void> {
    return new Promise((resolve) => {
      this.#endHandshake = () => {
        this.#handshake = undefined;
        resolve();
      };
    });
  }

  /** The request is answered. @returns whether it was not before */
  #settle(id: string | number): boolean {
    if (this.#waiting.get(id)?.method === 'initialize') this.#endHandshake();
    return this.#waiting.delete(id);
  }

  async #toClient(message: Message): Promise<void> {
    await this.#options.client.send(message).catch((error: unknown) => {
      this.#options.onTrouble(error instanceof Error ? error.message : String(error));
    });
  }

  #fromHub(message: Message, upstream: RawTransport): void {
    if (!('method' in message) && message.id !== null) {
      const version = 'result' in message ? message.result['protocolVersion'] : undefined;
      const isHandshake = this.#waiting.get(message.id)?.method === 'initialize';
      // An HTTP client says with every request after the handshake which revision was negotiated.
      if (isHandshake && typeof version === 'string') upstream.setProtocolVersion?.(version);
      this.#settle(message.id);
    }
    void this.#toClient(message);
  }

  #eraOf(message: Message): Era {
    if (!('method' in message)) return 'legacy';
    const { method, params } = message;
    const meta = params?.['_meta'];
    if (typeof meta === 'object' && meta !== null && versionKey in meta) return 'modern';
    const cancelled = method === 'notifications/cancelled' ? params?.['requestId'] : undefined;
    const owner =
      typeof cancelled === 'string' || typeof cancelled === 'number' ? this.#waiting.get(cancelled)?.era : undefined;
    return owner ?? (method === 'server/discover' ? 'modern' : 'legacy');
  }

  #upstream(era: Era): Promise<RawTransport> {
    const known = this.#upstreams.get(era);
    if (known) return known;
    const opening = this.#open(era);
    this.#upstreams.set(era, opening);
    return opening;
  }

  async #open(era: Era): Promise<RawTransport> {
    const upstream = this.#options.connect(era);
    upstream.onmessage = (message) => {
      this.#fromHub(message, upstream);
    };
    upstream.onerror = (error) => {
      this.#options.onTrouble(error.message);
    };
    await upstream.start();
    return upstream;
  }
}

function outcomeOf(error: unknown): 'unknown' | 'not_executed' {
  if (error instanceof LostRequest) return error.outcome;
  return error instanceof NotSent ? 'not_executed' : 'unknown';
}
