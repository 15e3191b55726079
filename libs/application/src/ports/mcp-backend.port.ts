export type JsonObject = Record<string, unknown>;

/** What a server says of itself as a whole. */
export interface McpIdentity {
  serverInfo: JsonObject;
  capabilities: JsonObject;
  instructions?: string;
  /** Other members of its answer to the handshake, `_meta` included. */
  more?: JsonObject;
}

/** Names and lists of a server as recorded after a load; every item is the server's own JSON, untouched. */
export interface McpDescription extends McpIdentity {
  tools: JsonObject[];
  resources: JsonObject[];
  resourceTemplates: JsonObject[];
  prompts: JsonObject[];
  /** What was skipped or repaired on the way to these lists. */
  diagnostics?: Diagnostic[];
}

/** A description as text, for lists too large to be made into objects only to be written again. */
export interface McpRecord extends McpIdentity {
  /** Of each tool what others go by: `name`, `annotations`, and `inputSchema` where it declares headers. */
  tools: JsonObject[];
  /** The `McpDescription` as JSON in UTF-8. */
  text: () => Uint8Array;
}

/** A remark about what a server was made from: `pointer` says where in the document. */
export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  /** A JSON pointer (RFC 6901). */
  pointer: string;
  code: string;
  message: string;
}

/** Who calls: `id` is the authenticated caller (`anonymous` without authentication), `session` a legacy session's id. */
export interface McpCaller {
  id: string;
  session?: string;
}

/** A request of an MCP client. `params` is opaque JSON, `_meta` included; nothing that the hub does not know is dropped. */
export interface McpCall {
  method: string;
  params: JsonObject;
}

/** A notification of an MCP client; `params` is opaque JSON. */
export interface McpClientNotification {
  method: string;
  params: JsonObject;
}

/** As much of an AbortSignal as a call needs, so that it can be something cheaper. Listeners are told once. */
export interface CallSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface McpCallContext {
  /** Unique over the whole hub; appears in errors and logs. */
  callId: string;
  /** Aborted when the caller cancels or the deadline is over. */
  signal: CallSignal;
  caller: McpCaller;
  clientCapabilities: JsonObject;
  clientInfo?: JsonObject;
  /** What the client asked to see of log messages; none where undefined. */
  logLevel?: string;
  /** Client headers that the entry's `forward_headers` names, lower-case. */
  forwardedHeaders: Readonly<Record<string, string>>;
  /** Progress, log messages and the like that belong to this call. `params` is the server's own JSON; a progress token is the one of this call's `_meta`. */
  onNotification(method: string, params: JsonObject): void;
  /**
   * Ends the connection over which the caller hears of this call, which runs on: the caller comes back for the rest.
   * Only where the caller can (2025-11-25, "Resumability and redelivery").
   */
  closeStream?: () => void;
  /**
   * After `inputRequired`: the server waits no longer for the answer to the request of this key. Only where the caller
   * can be told; what became of the call is the outcome of its retry.
   */
  onWithdrawn?: (key: string) => void;
}

/** One request of the server to its client, in the shape of `inputRequests` (protocol-facts.md), unknown members included. */
export interface InputRequest {
  method: string;
  params: JsonObject;
}

/**
 * Modern semantics. `inputRequired`: call again with the same method and params, plus `inputResponses` and
 * `requestState` in params; either of the two fields may be absent. `more` has the other members of the server's result,
 * `_meta` included. `json`: the result as JSON text (UTF-8 where it is bytes), where the backend has it so; whoever can
 * passes that on, and leaves `result` alone, which is parsed when it is first read. Such a result has no `_meta`, its
 * `structuredContent` and output schemas are objects, and its tools have no `execution`.
 */
export type McpOutcome =
  | { kind: 'complete'; result: JsonObject; json?: string | Uint8Array }
  | { kind: 'inputRequired'; inputRequests?: Record<string, InputRequest>; requestState?: string; more?: JsonObject }
  | { kind: 'error'; code: number; message: string; data?: unknown };

export interface ListenFilter {
  toolsListChanged?: boolean;
  promptsListChanged?: boolean;
  resourcesListChanged?: boolean;
  /** Exact URIs. */
  resourceSubscriptions?: readonly string[];
  /** Who listens: what is for one caller alone is told to no other, and to nobody without this. */
  caller?: McpCaller;
}

/** What a subscriber gets: list changes, `notifications/resources/updated`, log messages outside of calls. */
export type McpNotificationSink = (method: string, params: JsonObject) => void;

/**
 * A hosted MCP server, whatever it is made of: the era-neutral middle between clients and servers of any era
 * (design.md, "McpBackend").
 */
export interface McpBackend {
  /** Asks the server what it has now; pages are followed to their end. @throws LoadFailed where it does not answer */
  describe(signal: AbortSignal): Promise<McpDescription>;
  /** The same as text, of a backend that has it so. @throws LoadFailed where the server does not answer */
  record?(signal: AbortSignal): Promise<McpRecord>;
  /** Never rejects for what the server says or fails to say: that is an outcome. */
  call(call: McpCall, context: McpCallContext): Promise<McpOutcome>;
  /**
   * Hands on a notification of a client, where the server is one who may be told: progress of what it asked of this
   * caller, changed roots if it was told of roots, and whatever only an extension defines. Anything else is dropped, as
   * it is by a backend without this method.
   */
  notify?(notification: McpClientNotification, caller: McpCaller): void;
  /** @returns ends it. Subscriptions are reference-counted towards the server. */
  listen(filter: ListenFilter, sink: McpNotificationSink): () => void;
  /** Called whenever `diagnostics` of what it describes have changed, though no list may have. Until it is closed. */
  onRemarks?(listener: () => void): void;
  /** Resolves where the server answers; @throws LoadFailed otherwise. */
  check(signal: AbortSignal): Promise<void>;
  /** Called at most once, when the server goes away by itself, with the reason. */
  onExit(listener: (reason: Error) => void): void;
  /** Ends the server and all it started. Idempotent. */
  close(): Promise<void>;
}
