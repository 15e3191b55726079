export const scopes = ['read', 'publish', 'admin', 'call'] as const;
/** What a token may do (hub-api.md, section 2). */
export type Scope = (typeof scopes)[number];

/** Who makes a request. */
export interface Principal {
  /** The token's name; `anonymous` where none was needed or given. */
  name: string;
  scopes: readonly Scope[];
  /** Globs of reverse-DNS names that may be written; undefined: any. */
  namespaces?: readonly string[];
  /** Globs of server ids that may be called; undefined: any. */
  servers?: readonly string[];
}

/** Nobody in particular, reading what is open to all. */
export const anonymousReader: Principal = {
  name: 'anonymous',
  scopes: ['read'],
};
/** Nobody in particular, where authentication is switched off. */
export const anonymousOwner: Principal = { name: 'anonymous', scopes };

const implied: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'],
  publish: ['publish', 'read'],
  admin: scopes,
  call: ['call'],
};

/** `admin` includes every scope, `publish` includes `read`. */
export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.scopes.some((held) => implied[held].includes(scope));
}

/** @param name a reverse-DNS name, or `<registry.namespace>/<id>` for an entry with a free name */
export function mayWriteName(principal: Principal, name: string): boolean {
  return principal.namespaces?.some((glob) => matchesGlob(glob, name)) ?? true;
}

/** Whether the principal may call the tools of a server, by its id. */
export function mayCallServer(principal: Principal, serverId: string): boolean {
  return principal.servers?.some((glob) => matchesGlob(glob, serverId)) ?? true;
}

/** A `*` stands for any run of characters; everything else for itself. */
export function matchesGlob(glob: string, text: string): boolean {
  const parts = glob.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return glob === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
