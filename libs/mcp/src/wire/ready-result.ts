import type { JsonObject } from '@mcp-hub/application';
import type { RpcId, RpcMessage } from './json-rpc.js';

/**
 * A response whose result is JSON text already: it goes out as it is, other members put before its own, and nobody
 * parses or writes it on the way. Where it is stringified with others it is parsed, so that it is right everywhere.
 */
export class ReadyResult {
  readonly #head: string;
  readonly #json: string | Uint8Array;

  /**
   * @param json an object as JSON text, UTF-8 where it is bytes; without any of `members`
   * @param members of the result besides
   */
  constructor(id: RpcId, json: string | Uint8Array, members: JsonObject = {}) {
    const inner = JSON.stringify(members).slice(1, -1);
    const separator = inner === '' || json.length === '{}'.length ? '' : ',';
    this.#head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{${inner}${separator}`;
    this.#json = json;
  }

  /** The whole message, its text in one piece where it is small. */
  parts(): (string | Uint8Array)[] {
    const json = this.#json;
    return typeof json === 'string' ? [`${this.#head}${json.slice(1)}}`] : [this.#head, json.subarray(1), '}'];
  }

  text(): string {
    return this.parts()
      .map((part) =>
        typeof part === 'string' ? part : Buffer.from(part.buffer, part.byteOffset, part.length).toString(),
      )
      .join('');
  }

  toJSON(): unknown {
    return JSON.parse(this.text());
  }
}

/** @returns the JSON text of a message */
export function messageText(message: RpcMessage | ReadyResult): string {
  return message instanceof ReadyResult ? message.text() : JSON.stringify(message);
}
