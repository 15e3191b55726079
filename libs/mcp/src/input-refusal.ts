import type { RpcErrorObject } from './wire/json-rpc.js';

/**
 * Stands in `inputResponses` for a legacy client that answered a server's request with a JSON-RPC error: the modern
 * era has no such answer, a legacy server gets exactly it.
 */
export class InputRefusal {
  constructor(readonly error: RpcErrorObject) {}
}
