import type { OAuth2Config } from '@mcp-hub/domain';
import { isObject, own, ownString, type JsonObject } from '../document/json.js';
import { statusLine } from '../response/http-status.js';
import { maskSecrets } from '../response/mask-secrets.js';
import { readBody } from './read-body.js';
import { sendRequest, type Sending } from './send-request.js';

/** How the client proves who it is (RFC 6749, 2.3.1). */
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post';

export type TokenAnswer =
  | { kind: 'token'; value: string; lifetimeMs: number | undefined }
  | { kind: 'refused'; reason: string; isInvalidClient: boolean };

const maxAnswerBytes = 256 * 1024;
const maxReasonLength = 500;

/**
 * Asks for a token by client credentials (RFC 6749, 4.4.2).
 *
 * @returns a reason is without secrets
 * @throws what the network reports, or the reason of the deadline's signal
 */
export async function requestToken(
  config: OAuth2Config,
  by: ClientAuthentication,
  sending: Omit<Sending, 'isRepeatable'>,
): Promise<TokenAnswer> {
  const { token_url: url, client_id, client_secret, scopes, audience } = config;
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  if (audience !== undefined) form.set('audience', audience);
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  if (by === 'client_secret_basic') headers.authorization = `Basic ${basicOf(config)}`;
  else {
    form.set('client_id', client_id);
    form.set('client_secret', client_secret);
  }
  const request = { method: 'POST', url, headers, body: form.toString() };
  // One token more does no harm.
  const response = await sendRequest(request, { ...sending, isRepeatable: true });
  const { bytes } = await readBody(response, maxAnswerBytes);
  const body = parsed(new TextDecoder().decode(bytes));
  const value = own(body, 'access_token');
  if (response.status === 200 && typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) {
    return { kind: 'token', value, lifetimeMs: lifetimeOf(body) };
  }
  const { status } = response;
  return {
    kind: 'refused',
    reason: status === 200 ? 'its answer holds none' : `${statusLine(response)}${detailsOf(body, config)}`,
    isInvalidClient: status === 401 || (status === 400 && own(body, 'error') === 'invalid_client'),
  };
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function lifetimeOf(body: JsonObject): number | undefined {
  const seconds = Number(own(body, 'expires_in') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function detailsOf(body: JsonObject, config: OAuth2Config): string {
  const parts = [ownString(body, 'error'), ownString(body, 'error_description')].filter((part) => part !== undefined);
  if (parts.length === 0) return '';
  return ` (${maskSecrets(parts.join(': '), [config.client_secret, basicOf(config)]).slice(0, maxReasonLength)})`;
}

/** Name and secret are form-encoded before they are joined (RFC 6749, 2.3.1). */
function basicOf({ client_id, client_secret }: OAuth2Config): string {
  const encoded = [client_id, client_secret].map((part) => new URLSearchParams({ '': part }).toString().slice(1));
  return Buffer.from(encoded.join(':'), 'utf8').toString('base64');
}
