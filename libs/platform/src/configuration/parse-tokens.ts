import { scopes, type Scope } from '../auth/principal.js';
import { sha256Hex, type ConfiguredToken } from '../auth/token-auth.js';
import { nearestName } from './nearest-name.js';
import { isRecord, isTexts, type Parsed } from './parsed.js';

const fields = ['token', 'token_sha256', 'name', 'scopes', 'namespaces', 'servers'] as const;

/** Tokens as texts with all rights, or as objects (hub-api.md, section 2). What is wrong is told without the token. */
export function parseTokens(raw: unknown): Parsed {
  if (!Array.isArray(raw)) return { problems: ['must be a list of tokens'] };
  const problems: string[] = [];
  const tokens = raw.map((given: unknown, index) => parseToken(given, index, problems));
  return problems.length > 0 ? { problems } : { value: tokens };
}

function parseToken(given: unknown, index: number, problems: string[]): ConfiguredToken {
  const at = `[${index}]`;
  const complain = (what: string): void => void problems.push(`${at} ${what}`);
  const name = `token-${index + 1}`;
  if (typeof given === 'string') {
    if (!isTokenText(given)) complain('must be a text without spaces');
    return { name, sha256: sha256Hex(given), scopes };
  }
  if (!isRecord(given)) {
    complain('must be a text, or {token or token_sha256, name, scopes, namespaces, servers}');
    return { name, sha256: '', scopes };
  }
  for (const key of Object.keys(given)) {
    if (fields.some((known) => known === key)) continue;
    const near = nearestName(key, fields);
    complain(`has the unknown field ${key}${near ? `; did you mean ${near}?` : ''}`);
  }
  const { token, token_sha256: hash } = given;
  if ((token === undefined) === (hash === undefined)) complain('needs either token or token_sha256');
  if (token !== undefined && !isTokenText(token)) complain('token must be a text without spaces');
  if (hash !== undefined && !(typeof hash === 'string' && /^[0-9a-f]{64}$/i.test(hash))) {
    complain('token_sha256 must be 64 hex characters');
  }
  if (given['name'] !== undefined && !(typeof given['name'] === 'string' && given['name'] !== ''))
    complain('name must be a text');
  if (given['scopes'] !== undefined && !isScopes(given['scopes']))
    complain(`scopes must be a list of ${scopes.join(', ')}`);
  for (const key of ['namespaces', 'servers'] as const) {
    if (given[key] !== undefined && !isTexts(given[key])) complain(`${key} must be a list of texts`);
  }
  return {
    name: typeof given['name'] === 'string' ? given['name'] : name,
    sha256: typeof token === 'string' ? sha256Hex(token) : String(hash).toLowerCase(),
    scopes: isScopes(given['scopes']) ? given['scopes'] : scopes,
    ...(isTexts(given['namespaces']) && { namespaces: given['namespaces'] }),
    ...(isTexts(given['servers']) && { servers: given['servers'] }),
  };
}

function isTokenText(value: unknown): value is string {
  return typeof value === 'string' && /^\S+$/.test(value);
}

function isScopes(value: unknown): value is Scope[] {
  return isTexts(value) && value.every((item) => scopes.some((scope) => scope === item));
}
