import type { Rejection } from '../../wire/http-answer.js';
import { isObject, kindOf } from '../../wire/json-rpc.js';
import { errorCode, type LegacyVersion } from '../../wire/protocol.js';
import { hasFeature } from './revision-features.js';

/**
 * What is wrong with several messages in one POST (JSON-RPC batching, 2025-03-26, "Messages").
 * @param version of the session; undefined before its handshake, which no batch may hold
 */
export function batchFault(messages: readonly unknown[], version: LegacyVersion | undefined): Rejection | undefined {
  if (version !== undefined && !hasFeature(version, 'batches')) {
    return refused(`There are no batches in protocol version ${version}.`);
  }
  const isFine = messages.length > 0 && messages.every((message) => kindOf(message) !== undefined);
  const hasHandshake = messages.some((message) => isObject(message) && message['method'] === 'initialize');
  return version !== undefined && isFine && !hasHandshake
    ? undefined
    : refused('The batch is empty, or holds what must not be in one.');
}

function refused(message: string): Rejection {
  return { status: 400, code: errorCode.invalidRequest, message };
}
