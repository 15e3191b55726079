export interface HttpRequest {
  /** Absolute. */
  url: string;
  method: 'POST' | 'GET' | 'DELETE';
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** Text, sent as UTF-8. */
  body?: string;
}

/** As Node gives them: by lower-case name, repeated ones as an array. */
export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Gets the answer to one request: `onHead` once, `onData` for each part of the body as it arrives, then `onEnd`; or
 * `onError` in place of what is left.
 */
export interface HttpReceiver {
  onHead(status: number, headers: HttpHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** @param error a `NotSent` where not a byte can have reached the peer; its cause tells why */
  onError(error: Error): void;
}

export interface HttpExchange {
  /** Brings no more of the answer until `resume`. Left out: it can't be held up. */
  pause?(): void;
  resume?(): void;
  /** Ends it, and its connection where that is not idle. The receiver hears nothing any more. Idempotent. */
  abort(): void;
}

/**
 * The one way of this library's transports to the network; it is given to them. It never throws, never calls the
 * receiver before it has returned, and knows no deadline: the caller aborts. Connections are kept alive and pooled.
 */
export type HttpSend = (request: HttpRequest, receiver: HttpReceiver) => HttpExchange;

/** @returns the first value of a header */
export function headerOf(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
