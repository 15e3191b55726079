import { isObject, own, ownObject, ownString, type JsonObject } from '../document/json.js';

export type ServerUrl =
  | { ok: true; url: string }
  /** `isByEntry`: it is the entry's own settings that can't be right, not the document. */
  | { ok: false; message: string; isByEntry: boolean };

export interface ServerOptions {
  /** Where the document was read; relative server URLs resolve against it. */
  documentUrl?: string;
  /** Values of server variables (`openapi_config.server_variables`). */
  variables: Readonly<Record<string, string>>;
}

/**
 * The URL of the first of these servers that can be called (openapi-to-mcp.md, section 5): variables filled in, made
 * absolute, without query, fragment or a slash at its end.
 *
 * @returns what is wrong with the first one where none can; a value that the entry gives and an enum forbids is never
 *   passed over
 */
export function serverUrl(servers: readonly unknown[], options: ServerOptions): ServerUrl {
  const declared = servers.filter(isObject);
  let failure: ServerUrl | undefined;
  for (const server of declared.length > 0 ? declared : [{}]) {
    const found = oneServer(server, options);
    if (found.ok) return found;
    failure ??= found;
    if (found.isByEntry) return failure;
  }
  return failure ?? oneServer({}, options);
}

function oneServer(server: JsonObject, options: ServerOptions): ServerUrl {
  const template = (ownString(server, 'url') ?? '/').trim();
  const filled = fillVariables(template, ownObject(server, 'variables'), options.variables);
  return filled.ok ? absolute(filled.url, options.documentUrl) : filled;
}

/** The same for the URL that the entry gives in place of the document's (`base_url`): it holds as it is, or not at all. */
export function entryServerUrl(url: string): ServerUrl {
  const found = absolute(url, undefined);
  if (!found.ok) return { ...found, isByEntry: true };
  const { search, hash } = new URL(url);
  if (search === '' && hash === '') return found;
  return failed('openapi_config.base_url has a query or a fragment, which would be lost. Leave it out.', true);
}

function absolute(url: string, base: string | undefined): ServerUrl {
  const schemed = url.startsWith('//') && base === undefined ? `https:${url}` : url;
  if (!URL.canParse(schemed, base))
    return failed(`The server URL "${url}" is not absolute. Set openapi_config.base_url.`);
  const parsed = new URL(schemed, base);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    return failed('The server URL is neither http nor https. Set openapi_config.base_url.');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return failed('The server URL carries user information. Use auth_config, and set openapi_config.base_url.');
  }
  return { ok: true, url: `${parsed.origin}${parsed.pathname.replace(/\/$/, '')}` };
}

function fillVariables(template: string, declared: JsonObject, given: Readonly<Record<string, string>>): ServerUrl {
  const problems: string[] = [];
  let isByEntry = false;
  const url = template.replaceAll(/\{([^{}]+)\}/g, (placeholder, name: string) => {
    const variable = ownObject(declared, name);
    const listed = own(variable, 'enum');
    const allowed = Array.isArray(listed) ? listed.filter(isScalar).map(String) : [];
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) {
      if (allowed.length === 0 || allowed.includes(value)) return value;
      isByEntry = true;
      problems.push(
        `openapi_config.server_variables.${name} is not one of the values that the document allows: ${allowed.join(', ')}.`,
      );
      return placeholder;
    }
    const fallback = own(variable, 'default');
    if (isScalar(fallback)) return String(fallback);
    if (allowed[0] !== undefined) return allowed[0];
    problems.push(`The server variable "${name}" has no value. Set openapi_config.server_variables.${name}.`);
    return placeholder;
  });
  return problems.length > 0 ? failed(problems.join(' '), isByEntry) : { ok: true, url };
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function failed(message: string, isByEntry = false): ServerUrl {
  return { ok: false, message, isByEntry };
}
