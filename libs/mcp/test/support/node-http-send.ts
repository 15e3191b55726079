import { Agent, request as nodeRequest } from 'node:http';
import { NotSent } from '../../src/backends/not-sent.js';
import type { HttpSend } from '../../src/backends/http/http-send.js';

/** A connection for each request: whether a server is there is never a question of what is known of an old one. */
const agent = new Agent({ keepAlive: false });

/** Plain Node HTTP, without guard or redirects. */
export const nodeHttpSend: HttpSend = ({ url, method, headers, body }, receiver) => {
  let isOver = false;
  let isConnected = false;
  const once = (tell: () => void): void => {
    if (isOver) return;
    isOver = true;
    tell();
  };
  const fail = (error: Error): void => {
    once(() => {
      receiver.onError(isConnected ? error : new NotSent(error.message, { cause: error }));
    });
  };
  const request = nodeRequest(url, { method, headers, agent }, (response) => {
    if (isOver) return;
    receiver.onHead(response.statusCode ?? 0, response.headers);
    response.on('data', (chunk: Buffer) => {
      if (!isOver) receiver.onData(chunk);
    });
    response.on('end', () => {
      if (response.complete) once(() => receiver.onEnd());
    });
    response.on('error', fail);
  });
  request.on('socket', (socket) => {
    if (!socket.connecting) isConnected = true;
    else socket.once('connect', () => (isConnected = true));
  });
  request.on('error', fail);
  request.end(body);
  return {
    abort: () => {
      isOver = true;
      request.destroy();
    },
  };
};
