import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { NotSent, type HttpSend } from '@mcp-hub/mcp';

/** Sends what the bridge has for the hub, over connections that are kept; the hub's token goes with everything. */
export class HttpSender {
  readonly #token: string | undefined;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  constructor(token: string | undefined) {
    this.#token = token;
  }

  readonly send: HttpSend = ({ url, method, headers, body }, receiver) => {
    const isSecure = url.startsWith('https:');
    const authorization = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = { method, headers: { ...headers, ...authorization, ...length } };
    const upstream = isSecure
      ? httpsRequest(url, { ...options, agent: this.#https })
      : httpRequest(url, { ...options, agent: this.#http });
    let isConnected = false;
    let isOver = false;
    const fail = (error: Error): void => {
      if (isOver) return;
      isOver = true;
      receiver.onError(isConnected ? error : new NotSent(error.message, { cause: error }));
    };
    upstream.once('socket', (socket) => {
      if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', () => (isConnected = true));
      else isConnected = true;
    });
    upstream.on('error', fail);
    upstream.once('response', (answer) => {
      receiver.onHead(answer.statusCode ?? 0, answer.headers);
      answer.on('data', (chunk: Buffer) => {
        if (!isOver) receiver.onData(chunk);
      });
      answer.once('end', () => {
        if (isOver) return;
        isOver = true;
        receiver.onEnd();
      });
      answer.once('error', fail);
    });
    upstream.end(body);
    return {
      abort: () => {
        isOver = true;
        upstream.destroy();
      },
    };
  };

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
