import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

import { pipeDelayed } from './delayed-pipe.js';
import { freePort } from './free-port.js';
import { LOOPBACK } from './running-server.js';

/** A TCP proxy in front of a server, for tests of what its clients do when the network fails. */
export interface TcpProxy {
  readonly port: number;
  /** How many client connections are open. */
  readonly connections: number;
  /** Cuts all connections and refuses new ones. */
  drop(): void;
  /** Accepts connections again, on the same port, when it resolves. */
  restore(): Promise<void>;
  /** Holds back what comes from now on, in both directions; 0 ends it. */
  delay(ms: number): void;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1 to `targetPort` there. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let connections = 0;
  let server: Server | undefined;

  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    // The other side learns of it by the close that follows.
    socket.on('error', () => socket.destroy());
    return socket;
  };
  const accept = (client: Socket): void => {
    connections++;
    client.on('close', () => connections--);
    const upstream = connect({ host: LOOPBACK, port: targetPort, allowHalfOpen: true });
    pipeDelayed(track(client), track(upstream), () => delayMs);
    pipeDelayed(upstream, client, () => delayMs);
  };
  const restore = async (): Promise<void> => {
    if (server !== undefined) return;
    server = createServer({ allowHalfOpen: true }, accept);
    server.listen(port, LOOPBACK);
    await once(server, 'listening');
  };
  const drop = (): Server | undefined => {
    const dropped = server;
    server = undefined;
    dropped?.close();
    for (const socket of sockets) socket.resetAndDestroy();
    return dropped;
  };

  await restore();
  return {
    port,
    get connections() {
      return connections;
    },
    drop: () => void drop(),
    restore,
    delay: (ms) => {
      delayMs = ms;
    },
    close: async () => {
      const dropped = drop();
      if (dropped !== undefined) await once(dropped, 'close');
    },
  };
}
