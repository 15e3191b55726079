export interface SseEvent {
  id: string | undefined;
  message: Record<string, unknown> | undefined;
}

const accept = 'application/json, text/event-stream';
const version = '2025-11-25';

/** A legacy session by hand, for tests that look at single events and break connections off. */
export class RawSession {
  private constructor(readonly id: string) {}

  /** @throws Error where it is not opened */
  static async open(url: string): Promise<RawSession> {
    const answer = await RawSession.tryToOpen(url);
    const id = answer.headers.get('mcp-session-id');
    await answer.text();
    if (id === null) throw new Error(`initialize was answered ${answer.status}.`);
    return new RawSession(id);
  }

  static tryToOpen(url: string): Promise<Response> {
    const clientInfo = { name: 'raw', version: '1.0.0' };
    const params = { protocolVersion: version, capabilities: {}, clientInfo };
    return fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
    });
  }

  /** Posts a message. @param over further fields of it, such as an id */
  post(url: string, method: string, params: object, over: object = {}): Promise<Response> {
    return fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify({ jsonrpc: '2.0', method, params, ...over }),
    });
  }

  /** Opens the stream again that an event is of. */
  resume(url: string, lastEventId: string): Promise<Response> {
    return fetch(url, { headers: { ...this.headers, accept: 'text/event-stream', 'last-event-id': lastEventId } });
  }

  end(url: string): Promise<Response> {
    return fetch(url, { method: 'DELETE', headers: this.headers });
  }

  private get headers(): Record<string, string> {
    return { accept, 'mcp-session-id': this.id, 'mcp-protocol-version': version };
  }
}

/** The events of a stream, whole ones only, until it ends or breaks off. */
export async function* eventsOf(response: Response): AsyncGenerator<SseEvent> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) yield eventIn(block);
    }
  } catch {
    // Broken off: what was whole is told.
  }
}

function eventIn(block: string): SseEvent {
  const field = (name: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data') ?? '';
  return { id: field('id'), message: data.startsWith('{') ? (JSON.parse(data) as SseEvent['message']) : undefined };
}
