/** What a scripted server is told to do about one request, in the request's own `_meta`. */
export const scriptKey = 'com.example/script';

export type Json = Record<string, unknown>;

export interface RpcFault {
  code: number;
  message: string;
  data?: unknown;
}

/** A request of the server, by the name under which its answer is reported. */
export type Asked = Record<string, { method: string; params?: Json; [member: string]: unknown }>;

export interface Script {
  steps?: Step[];
  /** What the request is answered with; without it and `error`, a text with the answers of the client. */
  result?: Json;
  error?: RpcFault;
  /** The error is for the first request of a script with this name only (legacy only). */
  errorOnce?: string;
}

export type Step =
  /** A notification that belongs to the request. */
  | { tell: { method: string; params?: Json } }
  /** Under the progress token of the request. */
  | { progress: Json }
  /** All at once; the next step waits for all answers. `resultMembers` go beside `inputRequests` (2026-07-28). */
  | { ask: Asked; resultMembers?: Json }
  /** Asks, and takes it back when `until` has been seen in a request (legacy only). */
  | { askAndWithdraw: Asked; until: string }
  /** 2026-07-28: ends the leg with a state and nothing that is asked. */
  | { keep: string }
  /** Needs a client that can do this, else -32021 (2026-07-28). */
  | { require: Json }
  /** Goes on when a request `probe/release` names the same. */
  | { hold: string };

/** One message as a server got it. */
export interface Seen {
  method?: string;
  params?: Json;
  id?: unknown;
  result?: unknown;
  error?: unknown;
  headers?: Record<string, string>;
}

export function scriptOf(params: Json | undefined): Script | undefined {
  const meta = params?.['_meta'] as Json | undefined;
  return meta?.[scriptKey] as Script | undefined;
}

/** The default result of a scripted call. */
export function answersAsText(answers: Json): Json {
  return { content: [{ type: 'text', text: JSON.stringify(answers) }] };
}
