import {
  StreamableHttpTransport,
  type StreamableHttpTransportOptions,
} from '../../src/backends/http/streamable-http-transport.js';
import type { RawMessageExtra } from '../../src/backends/raw-transport.js';
import type { RpcMessage } from '../../src/wire/json-rpc.js';
import { nodeHttpSend } from './node-http-send.js';
import { aRequest, HurriedTimers, ScriptedHttp, type Script } from './scripted-http.js';

const open: { close(): Promise<void> }[] = [];
/** Closes all connections and their servers. */
export async function closeConnections(): Promise<void> {
  for (const each of open.splice(0).reverse()) await each.close();
}

/** A transport to a server that answers as the script says, a GET with 405 where the script does not care. */
export async function connected(script: Script, over: Partial<StreamableHttpTransportOptions> = {}) {
  const server = await ScriptedHttp.listen(script);
  const timers = new HurriedTimers();
  const transport = new StreamableHttpTransport({ url: server.url, send: nodeHttpSend, timers, ...over });
  const heard: [RpcMessage, RawMessageExtra | undefined][] = [];
  const errors: Error[] = [];
  transport.onmessage = (message, extra) => void heard.push([message, extra]);
  transport.onerror = (error) => void errors.push(error);
  await transport.start();
  open.push(server, transport);
  return { server, timers, transport, heard, errors, messages: () => heard.map(([message]) => message) };
}

/** The same, after the handshake. */
export async function inSession(script: Script, over: Partial<StreamableHttpTransportOptions> = {}) {
  const connection = await connected(script, over);
  const { transport, heard } = connection;
  await transport.send(aRequest(0, 'initialize', { capabilities: {} }));
  transport.setProtocolVersion('2025-11-25');
  await transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  heard.length = 0;
  return connection;
}

export const noStream: Script = (_, response) => void response.writeHead(405).end();
export const postsOnly =
  (script: Script): Script =>
  (request, response) =>
    request.method === 'GET' ? noStream(request, response) : script(request, response);
export const lossOf = (sent: Promise<void>) =>
  sent.then(
    () => undefined,
    (error: unknown) => error,
  );
