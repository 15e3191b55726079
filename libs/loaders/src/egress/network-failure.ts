import { EgressRefused } from './egress.errors.js';

/** What the system and undici call it, and what it means to a person. */
const unreached: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens at the address of the server (connection refused).',
  ENOTFOUND: 'The host name of the server does not resolve.',
  EAI_AGAIN: 'The host name of the server does not resolve at the moment.',
  EHOSTUNREACH: 'There is no way to the host of the server.',
  ENETUNREACH: 'There is no way to the network of the server.',
  ETIMEDOUT: 'The server did not accept a connection in time.',
  UND_ERR_CONNECT_TIMEOUT: 'The server did not accept a connection in time.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'The server does not speak TLS: is it an http URL?',
};

const broken: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_OVERFLOW: "The headers of the server's answer are too large.",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'The server ended its answer too early.',
};

/**
 * A failure of the network in one sentence for callers, without addresses.
 *
 * @param isSent whether the request was on its way already
 */
export function networkFailure(error: Error, isSent: boolean): string {
  if (error instanceof EgressRefused) return error.message;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const suffix = code === '' ? '' : ` (${code})`;
  if (!isSent) return unreached[code] ?? `The server can't be reached${suffix}.`;
  if (error.name === 'HTTPParserError') return `The server answered with something that is no HTTP${suffix}.`;
  return broken[code] ?? `The connection to the server broke during the request${suffix}.`;
}
