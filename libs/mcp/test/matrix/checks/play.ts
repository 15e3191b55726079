import { expect } from 'vitest';
import { metaKey } from '../../../src/wire/protocol.js';
import type { Cell, Json, Observation, Script, Seen } from '../cell.js';
import type { Exchange, MatrixClient, RequestOptions } from '../client/matrix-client.js';
import { scriptKey } from '../servers/script.js';

interface PlayOptions extends RequestOptions {
  method?: string;
  params?: Json;
}

/** Has the client send a request that the server answers by the script; `tools/call` where nothing else is said. */
export function play(
  { unique }: Cell,
  client: MatrixClient,
  script: Script,
  { method = 'tools/call', params, meta, ...options }: PlayOptions = {},
): Promise<Exchange> {
  const toolCall = { name: 'scripted', arguments: { check: unique } };
  return client.request(method, params ?? toolCall, { ...options, meta: { [scriptKey]: script, ...meta } });
}

/** The calls of this check as the server got them. */
export async function callsSeen({ scripted, unique }: Cell): Promise<Seen[]> {
  const seen = await scripted.journal();
  return seen.filter(({ params }) => (params?.['arguments'] as Json | undefined)?.['check'] === unique);
}

/** A result without what 2026-07-28 has in every result, which is not the server's own. */
export function bare(result: Json | undefined): Json | undefined {
  if (!result) return undefined;
  const { resultType: _, ttlMs: _ttl, cacheScope: _scope, ...own } = result;
  if (own['_meta'] === undefined) return own;
  const { [metaKey.serverInfo]: _info, ...meta } = own['_meta'] as Json;
  if (Object.keys(meta).length > 0) return { ...own, _meta: meta };
  delete own['_meta'];
  return own;
}

/** Fails unless the two are the same. */
export function same(actual: unknown, expected: unknown): 'crosses' {
  expect(actual).toEqual(expected);
  return 'crosses';
}

/** Fails unless the exchange failed. */
export function refusal({ error, result }: Exchange, to: 'client' | 'server' = 'client'): Observation {
  expect(result).toBeUndefined();
  return { refused: error?.code ?? 0, to };
}

/** What the answers were, as the server got them. */
export function answersIn({ result, error }: Exchange): Json {
  expect(error).toBeUndefined();
  const [block] = result?.['content'] as { text: string }[];
  return JSON.parse(block?.text ?? '') as Json;
}

/** For what is sent in other terms between the eras. */
export function joining({ client, server }: Cell): 'crosses' | 'translated' {
  return client === server ? 'crosses' : 'translated';
}

/** The result of the given script arrives untouched. */
export async function resultCrosses(cell: Cell, result: Json, options: PlayOptions = {}): Promise<Observation> {
  const client = await cell.connect();
  const exchange = await play(cell, client, { result }, options);
  return same(bare(exchange.result), result);
}
