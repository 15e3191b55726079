import type { EgressPolicy, FailureCode } from '@mcp-hub/domain';
import type { ConversionOptions, Diagnostic } from '@mcp-hub/openapi-mcp';
import type { ResolvedAddress } from '../../egress/guarded-lookup.js';

type JsonObject = Record<string, unknown>;

/** What a model is to be made of: plain data, since it crosses. */
export interface ModelOrder {
  document: {
    /** SHA-256 of the bytes: a thread parses the same document once. */
    hash: string;
    bytes: Uint8Array;
    /** What its references to other documents resolve against; none where they lead nowhere. */
    base?: string;
    /** It may refer to what only HTTP leads to (`external_refs`). */
    readsUrls: boolean;
  };
  conversion: ConversionOptions;
  calls: {
    headers: Readonly<Record<string, string>>;
    timeoutMs: number;
    maxResultBytes?: number;
  };
  egress: {
    policy: EgressPolicy;
    hubOrigin?: string;
    /** Host names become addresses where the order comes from. */
    isResolvedOutside: boolean;
  };
  /** In a thread with others: what goes beyond is `UnfitForSharing`. */
  share?: SharedLimits;
}

export interface SharedLimits {
  /** For each piece of work that does not wait for anything. */
  workMs: number;
  /** Of all other documents that the document refers to, in UTF-16 units. */
  externalLength: number;
}

/** What there is to tell of a model. Lists are results of `tools/list` and its like, as JSON in UTF-8. */
export interface ModelSummary {
  title: string;
  version: string;
  /** Of each tool what frontends go by. */
  tools: { name: string; annotations: unknown }[];
  resourceCount: number;
  templateCount: number;
  lists: { tools: Uint8Array; resources: Uint8Array; resourceTemplates: Uint8Array };
  /** A JSON array in UTF-8. */
  diagnostics: Uint8Array;
  diagnosticCount: number;
  /** The first of the diagnostics. */
  remarks: Diagnostic[];
}

export interface ModelCall {
  method: 'tools/call' | 'resources/read';
  params: JsonObject;
  forwardedHeaders: Readonly<Record<string, string>>;
}

/** `json` is a result; bytes, which cross without a copy, where it is large. */
export type CallAnswer =
  { kind: 'complete'; json: string | Uint8Array } | { kind: 'error'; code: number; message: string; data?: unknown };

/** Requests to a thread, with what each resolves to. */
export interface ThreadRequests {
  load: { request: { kind: 'load'; model: number; order: ModelOrder }; answer: ModelSummary };
  call: { request: { kind: 'call'; model: number; call: ModelCall }; answer: CallAnswer };
  ping: { request: { kind: 'ping' }; answer: null };
}
export type ThreadRequest = ThreadRequests[keyof ThreadRequests]['request'];

/** What a thread asks of whoever ordered a model. */
export type Question = { kind: 'resolve'; hostname: string } | { kind: 'read'; url: string };
export interface Answers {
  resolve: readonly ResolvedAddress[];
  /** The text of another document that a document refers to. */
  read: string;
}

/** Asks whoever ordered a model. Rejects with what went wrong there. */
export type Ask = <Kind extends Question['kind']>(
  question: Extract<Question, { kind: Kind }>,
) => Promise<Answers[Kind]>;

export type ToThread =
  | { kind: 'request'; id: number; request: ThreadRequest }
  | { kind: 'cancel'; id: number }
  /** What is under way of it is cancelled. */
  | { kind: 'unload'; model: number }
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'failure'; id: number; message: string; code?: string };

export type FromThread =
  | { kind: 'done'; id: number; value: unknown }
  | { kind: 'failed'; id: number; failure: CrossedFailure }
  | { kind: 'question'; id: number; model: number; question: Question };

/** A `LoadFailed`, an `UnfitForSharing`, or another error, which is none of the caller's business, by its message alone. */
export interface CrossedFailure {
  message: string;
  load?: { code: FailureCode; remedy: string; isTransient: boolean };
  isUnfit?: boolean;
}
