import type { AuthConfig, OAuth2Config } from '@mcp-hub/domain';
import type { Diagnostics } from '../document/diagnostics.js';
import { isObject, own, ownString, pointerTo, type JsonObject } from '../document/json.js';
import type { DocumentDefaults, Operation } from '../operations/operation.js';
import type { References } from '../document/references.js';

/** What proves to the API who calls. The value is a secret. */
export interface FixedCredential {
  place: 'header' | 'query' | 'cookie';
  name: string;
  value: string;
}

/** A bearer token that has to be asked for (client credentials) before the request is built. */
export interface TokenCredential {
  place: 'header';
  name: 'Authorization';
  oauth2: OAuth2Config;
}

export type Credential = FixedCredential | TokenCredential;

type SingleAuth = Exclude<AuthConfig, { type: 'schemes' }>;

/**
 * Which credentials the operations of a document are sent with (openapi-to-mcp.md, section 5): those of the first
 * non-empty alternative of the security requirements that is configured as a whole, all of that alternative; none where
 * the operation says `security: []` or knows only the anonymous `{}`; `auth_config` as it is where nothing is demanded,
 * or where no demanded scheme of the document is of its kind. Where no alternative is configured as a whole, what is of
 * the first that has any is still sent, and each scheme that is missing is a diagnostic.
 */
export class DocumentSecurity {
  readonly #schemes: ReadonlyMap<string, JsonObject>;
  readonly #isMatched: boolean;

  constructor(
    private readonly defaults: DocumentDefaults,
    operations: readonly Operation[],
    private readonly auth: AuthConfig | undefined,
    references: References,
    private readonly diagnostics: Diagnostics,
  ) {
    const declared = Object.entries(defaults.securitySchemes).flatMap(([name, scheme]): [string, JsonObject][] => {
      const located = references.followObject(scheme, schemePointer(name));
      return located ? [[name, located.value]] : [];
    });
    this.#schemes = new Map(declared);
    this.#isMatched = this.#hasMatch(operations);
    if (auth?.type === 'schemes') this.#checkNames(Object.keys(auth.schemes));
  }

  credentialsFor(operation: Operation): Credential[] {
    const requirements = (operation.security ?? this.defaults.security)?.filter(isObject);
    const alternatives = (requirements ?? []).map((one) => Object.keys(one)).filter((names) => names.length > 0);
    if (requirements !== undefined && alternatives.length === 0) {
      const declared = operation.security ?? this.defaults.security ?? [];
      if (declared.length === 0 || requirements.length > 0) return [];
    }

    const partial: Credential[][] = [];
    for (const names of alternatives) {
      const { found, missing } = this.#configuredOf(names);
      if (missing.length === 0) return found;
      if (found.length > 0) partial.push(found);
    }
    const isAnonymousAllowed = requirements !== undefined && requirements.length > alternatives.length;
    if (!isAnonymousAllowed) this.#reportMissing(alternatives, operation);
    if (partial[0]) return partial[0];
    if (this.auth === undefined || this.auth.type === 'schemes' || (this.#isMatched && alternatives.length > 0))
      return [];
    return [this.#asConfigured(this.auth)];
  }

  /** One `auth_config` speaks for one key; a bearer token for every scheme that takes one. */
  #configuredOf(names: readonly string[]): { found: Credential[]; missing: string[] } {
    const found = new Map<string, Credential>();
    const missing: string[] = [];
    let isKeyUsed = false;
    for (const name of names) {
      const auth = this.#authFor(name);
      const isSecondKey = auth?.type === 'api_key' && this.auth?.type === 'api_key' && isKeyUsed;
      const credential = auth && !isSecondKey ? this.#credentialFor(name, auth) : undefined;
      if (!credential) {
        missing.push(name);
        continue;
      }
      if (auth?.type === 'api_key') isKeyUsed = true;
      found.set(`${credential.place} ${credential.name.toLowerCase()}`, credential);
    }
    return { found: [...found.values()], missing };
  }

  #authFor(name: string): SingleAuth | undefined {
    const { auth } = this;
    if (auth?.type !== 'schemes') return auth;
    const named = Object.hasOwn(auth.schemes, name) ? auth.schemes[name] : undefined;
    return named?.type === 'schemes' ? undefined : named;
  }

  /** What an entry says about a scheme by its name holds, whatever kind the document gives it. */
  #credentialFor(name: string, auth: SingleAuth): Credential | undefined {
    const scheme = this.#schemes.get(name);
    const credential = scheme && credentialOf(scheme, auth);
    return credential ?? (this.auth?.type === 'schemes' ? configured(auth) : undefined);
  }

  #hasMatch(operations: readonly Operation[]): boolean {
    const { auth } = this;
    if (auth === undefined || auth.type === 'schemes') return false;
    const demanded = new Set<string>();
    for (const security of [this.defaults.security ?? [], ...operations.map((one) => one.security ?? [])]) {
      for (const requirement of security.filter(isObject)) {
        for (const name of Object.keys(requirement)) demanded.add(name);
      }
    }
    return [...demanded].some((name) => {
      const scheme = this.#schemes.get(name);
      return scheme !== undefined && credentialOf(scheme, auth) !== undefined;
    });
  }

  /** An API key without a place takes that of the document's first scheme for one. */
  #asConfigured(auth: SingleAuth): Credential {
    if (auth.type !== 'api_key') return configured(auth);
    for (const scheme of this.#schemes.values()) {
      const credential = credentialOf(scheme, auth);
      if (credential) return credential;
    }
    return configured(auth);
  }

  #reportMissing(alternatives: readonly (readonly string[])[], { security }: Operation): void {
    for (const name of new Set(alternatives.flatMap((names) => this.#configuredOf(names).missing))) {
      const scheme = this.#schemes.get(name);
      const kind =
        scheme &&
        ['type', 'scheme', 'in', 'name']
          .map((key) => ownString(scheme, key) ?? '')
          .join(' ')
          .trim();
      this.diagnostics.add(
        'info',
        schemePointer(name),
        'security_not_configured',
        scheme
          ? `The security scheme "${name}" (${(kind ?? '').replaceAll(/ +/g, ' ')}) is not configured.`
          : `The security scheme "${name}" is demanded ${security ? 'by an operation' : 'by the document'}, but neither declared nor configured.`,
      );
    }
  }

  #checkNames(names: readonly string[]): void {
    for (const name of names.filter((one) => !this.#schemes.has(one))) {
      const known = [...this.#schemes.keys()].join(', ');
      this.diagnostics.add(
        'warning',
        '/components/securitySchemes',
        'security_scheme_unknown',
        `auth_config names a security scheme "${name}" that the document does not declare; it has ${known === '' ? 'none' : known}.`,
      );
    }
  }
}

function schemePointer(name: string): string {
  return pointerTo('', 'components', 'securitySchemes', name);
}

/** @returns undefined where the scheme is not of the kind that is configured */
function credentialOf(scheme: JsonObject, auth: SingleAuth): Credential | undefined {
  const type = own(scheme, 'type');
  if (type === 'apiKey' && auth.type === 'api_key') {
    const place = own(scheme, 'in');
    const name = ownString(scheme, 'name');
    if (name === undefined || (place !== 'header' && place !== 'query' && place !== 'cookie')) return undefined;
    if (place !== 'query' && !isToken(name)) return undefined;
    return placedApiKey(auth) ?? { place, name, value: auth.api_key };
  }
  const takesToken = auth.type === 'bearer' || auth.type === 'oauth2';
  if ((type === 'oauth2' || type === 'openIdConnect') && takesToken) return configured(auth);
  if (type !== 'http') return undefined;
  const name = ownString(scheme, 'scheme') ?? '';
  if (name.toLowerCase() === 'basic') return auth.type === 'basic' ? configured(auth) : undefined;
  if (name.toLowerCase() === 'bearer') return takesToken ? configured(auth) : undefined;
  return auth.type === 'bearer' ? customScheme(name, auth.token) : undefined;
}

/** Schemes whose credentials are made from a challenge of the server: no token is one. */
const challenged = /^(?:digest|hoba|mutual|negotiate|ntlm|oauth|scram-.*|vapid|concealed)$/i;

/** A scheme of the API's own, as in `Authorization: Token …`. */
function customScheme(name: string, token: string): Credential | undefined {
  if (!isToken(name) || challenged.test(name)) return undefined;
  return { place: 'header', name: 'Authorization', value: `${name} ${token}` };
}

function configured(auth: SingleAuth): Credential {
  switch (auth.type) {
    case 'bearer':
      return { place: 'header', name: 'Authorization', value: `Bearer ${auth.token}` };
    case 'basic': {
      const pair = Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64');
      return { place: 'header', name: 'Authorization', value: `Basic ${pair}` };
    }
    case 'api_key':
      return placedApiKey(auth) ?? { place: 'header', name: 'X-API-Key', value: auth.api_key };
    case 'oauth2':
      return { place: 'header', name: 'Authorization', oauth2: auth.oauth2_config };
  }
}

/** The place that the entry names wins over the document's. */
function placedApiKey(auth: AuthConfig & { type: 'api_key' }): Credential | undefined {
  const { api_key: value, header_name, query_name, cookie_name } = auth;
  if (query_name !== undefined) return { place: 'query', name: query_name, value };
  if (cookie_name !== undefined) return { place: 'cookie', name: cookie_name, value };
  return header_name === undefined ? undefined : { place: 'header', name: header_name, value };
}

/** RFC 9110: what may be the name of a header or of an authentication scheme. */
function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
}
