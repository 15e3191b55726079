/** A server that listens. It ends with the process that started it, even if that one is killed. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Process id of the server itself, a new one after `restart`; 0 if the server is not ours. */
  readonly pid: number;
  /** Such as `redis`, `mongod`, `mongo-java-server`. */
  readonly kind: string;
  readonly version: string;
  /** Ends the server in order and removes the data folder if it was a temporary one. May be called again. */
  stop(): Promise<void>;
  /** SIGKILL, the way a crash looks. The data stays for `restart`. */
  kill(): void;
  /** Starts the server again, on the same port with the same data; ends it in order first if it still runs. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  /** SIGCONT */
  resume(): void;
}

export interface ServerOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Where the data is kept, made if missing, never removed. Default: a temporary folder, removed by `stop`. */
  readonly dir?: string;
  /** Address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  /** Told, in a line each, what takes long. Default: standard error. */
  readonly report?: (line: string) => void;
}

export const LOOPBACK = '127.0.0.1';

/** Where clients on this machine reach a server that listens on `host`. */
export function clientHost(host: string): string {
  return host === '0.0.0.0' ? LOOPBACK : host;
}

export function reportToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
