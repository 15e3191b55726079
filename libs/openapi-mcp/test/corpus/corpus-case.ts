import { parse } from 'yaml';
import { isObject, type JsonObject } from '../../src/document/json.js';

/** What the API answers to one request. Without any it is 200 with `{}`. */
export interface CaseAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Text, or a value that is sent as JSON. */
  body?: unknown;
  body_base64?: string;
  /** The content coding that the body is sent in. */
  compress?: 'gzip' | 'deflate' | 'br';
  /** Closes the connection instead. */
  close?: boolean;
  /** Never answers. */
  hang?: boolean;
}

/** One HTTP request as the API received it. Without a body none may have arrived. */
export interface CaseRequest {
  method: string;
  /** Path and query as they were on the wire. */
  url: string;
  /** `http://upstream` unless given. */
  origin?: string;
  /** Exact values of those that are listed; null: must be absent. `{boundary}` stands for that of a multipart body. */
  headers?: Record<string, string | null>;
  body?: string;
  body_base64?: string;
}

/** A tool by name, or a resource by URI. */
export interface CaseCall {
  call?: string;
  read?: string;
  arguments?: JsonObject;
  /** Of the MCP client's own request. */
  headers?: Record<string, string>;
  requests?: CaseRequest[];
  answer?: CaseAnswer;
  answers?: CaseAnswer[];
  /** Exact, all of it. */
  result?: unknown;
  /** A refused or failed call: its text, in parts. */
  result_text_contains?: string[];
  /** A JSON-RPC error. */
  error?: { code?: number; message: string };
  /** The client goes away once the API has the request; its connection must end at once. */
  cancel?: boolean;
}

export interface CorpusCase {
  /** `<section>/<name>`, from the file. */
  id: string;
  section: string;
  rules: string[];
  title: string;
  document?: unknown;
  text?: string;
  files?: Record<string, unknown>;
  /** Where the document was read. */
  document_url?: string;
  config: JsonObject;
  auth?: JsonObject;
  forward_headers?: string[];
  refused?: string;
  components?: JsonObject[];
  diagnostics?: { code: string; pointer?: string; severity?: string }[];
  exact_diagnostics?: boolean;
  calls: CaseCall[];
}

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object' | 'array' | 'any'>>;

const caseShape: Shape = {
  rules: 'array',
  title: 'string',
  document: 'any',
  text: 'string',
  files: 'object',
  document_url: 'string',
  config: 'object',
  auth: 'object',
  forward_headers: 'array',
  refused: 'string',
  components: 'array',
  diagnostics: 'array',
  exact_diagnostics: 'boolean',
  calls: 'array',
};
const callShape: Shape = {
  call: 'string',
  read: 'string',
  arguments: 'any',
  headers: 'object',
  requests: 'array',
  answer: 'object',
  answers: 'array',
  result: 'any',
  result_text_contains: 'array',
  error: 'object',
  cancel: 'boolean',
};
const requestShape: Shape = {
  method: 'string',
  url: 'string',
  origin: 'string',
  headers: 'object',
  body: 'string',
  body_base64: 'string',
};
const answerShape: Shape = {
  status: 'number',
  headers: 'object',
  body: 'any',
  body_base64: 'string',
  compress: 'string',
  close: 'boolean',
  hang: 'boolean',
};
const diagnosticShape: Shape = { code: 'string', pointer: 'string', severity: 'string' };
const errorShape: Shape = { code: 'number', message: 'string' };

/**
 * Reads one file of the corpus.
 *
 * @param id `<section>/<name>`
 * @param ruleIds those of rules.yaml
 * @throws Error that names the member where the file is no case, or names a rule that does not exist
 */
export function readCase(id: string, text: string, ruleIds: ReadonlySet<string>): CorpusCase {
  const wrong = (what: string): Error => new Error(`${id}: ${what}`);
  const value: unknown = parse(text);
  const check = (node: unknown, shape: Shape, at: string): JsonObject => {
    if (!isObject(node)) throw wrong(`${at} must be an object`);
    for (const [key, member] of Object.entries(node)) {
      const kind = shape[key];
      if (kind === undefined)
        throw wrong(`${at} has an unknown member "${key}"; known: ${Object.keys(shape).join(', ')}`);
      const found = Array.isArray(member) ? 'array' : member === null ? 'null' : typeof member;
      if (kind !== 'any' && kind !== found) throw wrong(`${at}.${key} must be ${kind}, not ${found}`);
    }
    return node;
  };
  const each = (node: unknown, shape: Shape, at: string): JsonObject[] =>
    ((node ?? []) as unknown[]).map((item, index) => check(item, shape, `${at}[${index}]`));

  const found = check(value, caseShape, 'the case');
  if (typeof found.title !== 'string') throw wrong('it has no title');
  if (!Array.isArray(found.rules) || found.rules.length === 0) throw wrong('it names no rule');
  for (const rule of found.rules) {
    if (typeof rule !== 'string' || !ruleIds.has(rule)) throw wrong(`there is no rule "${String(rule)}" in rules.yaml`);
  }
  if (Object.hasOwn(found, 'document') === Object.hasOwn(found, 'text'))
    throw wrong('it needs one of document and text');
  each(found.diagnostics, diagnosticShape, 'diagnostics');
  for (const call of each(found.calls, callShape, 'calls')) {
    if (Object.hasOwn(call, 'call') === Object.hasOwn(call, 'read')) throw wrong('a call needs one of call and read');
    const outcomes = ['result', 'result_text_contains', 'error', 'cancel'].filter((key) => Object.hasOwn(call, key));
    if (outcomes.length === 0 && !Object.hasOwn(call, 'requests'))
      throw wrong('a call expects neither requests nor a result');
    each(call.requests, requestShape, 'requests');
    each(call.answers ?? (call.answer === undefined ? [] : [call.answer]), answerShape, 'answers');
    if (call.error !== undefined) check(call.error, errorShape, 'error');
  }
  if (['refused', 'components', 'diagnostics', 'calls'].every((key) => !Object.hasOwn(found, key))) {
    throw wrong('it expects nothing');
  }
  return { config: {}, calls: [], ...found, id, section: id.split('/')[0] ?? '' } as unknown as CorpusCase;
}
