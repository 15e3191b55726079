import { request, type IncomingMessage } from 'node:http';

/** A client that asks for something and then reads nothing of the answer, or goes away. */
export class LazyClient {
  private constructor(
    private readonly answer: Promise<IncomingMessage>,
    private readonly abort: () => void,
  ) {}

  /** Calls a tool in the modern era, and wants to hear all that is said meanwhile. */
  static callTool(url: string, name: string, args: Record<string, unknown> = {}): LazyClient {
    const sent = request(url, {
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': name,
      },
    });
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', (res) => {
        res.on('error', () => undefined);
        res.pause();
        resolve(res);
      });
      sent.on('error', reject);
    });
    // Whoever does not read need not hear that it was cut off.
    answer.catch(() => undefined);
    sent.end(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {
          name,
          arguments: args,
          _meta: {
            progressToken: name,
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
            'io.modelcontextprotocol/logLevel': 'debug',
          },
        },
      }),
    );
    return new LazyClient(answer, () => sent.destroy());
  }

  /** Resolves with its status once the answer has begun. */
  async begun(): Promise<number | undefined> {
    return (await this.answer).statusCode;
  }

  /** Breaks the connection off. */
  leave(): void {
    this.abort();
  }
}
