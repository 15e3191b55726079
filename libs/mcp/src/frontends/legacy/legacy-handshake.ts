import type { JsonObject } from '@mcp-hub/application';
import type { Rejection } from '../../wire/http-answer.js';
import { errorCode } from '../../wire/protocol.js';
import type { EndpointRequest } from '../endpoint-options.js';
import type { EndpointParts } from '../endpoint-parts.js';
import { unavailable } from '../unavailable.js';
import type { LegacySessions } from './legacy-sessions.js';

export type HandshakeAnswer =
  /** To be completed by the protocol version. */
  { kind: 'agreed'; result: JsonObject } | { kind: 'refused'; rejection: Rejection };

/** What the endpoint says to clients that begin (2025-11-25, "Lifecycle"), on either transport. */
export class LegacyHandshake {
  readonly #parts: EndpointParts;
  readonly #sessions: LegacySessions;
  #isDraining = false;

  constructor(parts: EndpointParts, sessions: LegacySessions) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  /** Nobody begins from now on. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Why there is no place for another session. @param others that count besides the sessions themselves */
  refusal(others = 0): Rejection | undefined {
    const isFull = this.#sessions.isFull || others >= this.#parts.options.limits.maxSessions;
    if (!this.#isDraining && !isFull) return undefined;
    return {
      status: 503,
      code: errorCode.hub,
      message: this.#isDraining ? 'The server is moving to another worker.' : 'Too many sessions are open.',
      data: { retry_after: 5 },
      headers: { 'retry-after': '5' },
    };
  }

  /** @param params of `initialize` */
  async answerTo(params: JsonObject, request: EndpointRequest): Promise<HandshakeAnswer> {
    if (typeof params['protocolVersion'] !== 'string') {
      const message = 'params.protocolVersion is required.';
      return { kind: 'refused', rejection: { status: 200, code: errorCode.invalidParams, message } };
    }
    try {
      const { capabilities, serverInfo, instructions, more } = await this.#parts.described.current();
      return {
        kind: 'agreed',
        result: { ...more, capabilities, serverInfo, ...(instructions !== undefined && { instructions }) },
      };
    } catch (error) {
      const { message, loss } = unavailable(error);
      const data = this.#parts.calls.lossData(request, loss);
      return { kind: 'refused', rejection: { status: 503, code: errorCode.hub, message, data } };
    }
  }
}
