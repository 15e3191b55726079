import { isObject, own, ownObject, ownString, type JsonObject } from '../document/json.js';

export type ServerUrl = { ok: true; url: string } | { ok: false; message: string };

export interface ServerOptions {
  /** Where the document was read; relative server URLs resolve against it. */
  documentUrl?: string;
  /** Values of server variables (`openapi_config.server_variables`). */
  variables: Readonly<Record<string, string>>;
}

/**
 * The URL of the first of these servers (openapi-to-mcp.md, section 5): variables filled in, made absolute, without
 * query, fragment or a slash at its end.
 */
export function serverUrl(servers: readonly unknown[], options: ServerOptions): ServerUrl {
  const server: JsonObject = servers.find(isObject) ?? {};
  const template = ownString(server, 'url') ?? '/';
  const filled = fillVariables(template, ownObject(server, 'variables'), options.variables);
  return filled.ok ? absolute(filled.url, options.documentUrl) : filled;
}

/** The same for a URL that the entry gives (`base_url`). */
export function absolute(url: string, base: string | undefined): ServerUrl {
  if (!URL.canParse(url, base)) {
    return {
      ok: false,
      message: `The server URL "${url}" is not absolute. Set openapi_config.base_url.`,
    };
  }
  const parsed = new URL(url, base);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    return {
      ok: false,
      message: `The server URL is neither http nor https. Set openapi_config.base_url.`,
    };
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return {
      ok: false,
      message: 'The server URL carries user information. Use auth_config, and set openapi_config.base_url.',
    };
  }
  return {
    ok: true,
    url: `${parsed.origin}${parsed.pathname.replace(/\/$/, '')}`,
  };
}

function fillVariables(template: string, declared: JsonObject, given: Readonly<Record<string, string>>): ServerUrl {
  const problems: string[] = [];
  const url = template.replaceAll(/\{([^{}]+)\}/g, (placeholder, name: string) => {
    const variable = ownObject(declared, name);
    const fallback = own(variable, 'default');
    const value = Object.hasOwn(given, name)
      ? given[name]
      : typeof fallback === 'string' || typeof fallback === 'number'
        ? String(fallback)
        : undefined;
    if (value === undefined) {
      problems.push(`The server variable "${name}" has no value. Set openapi_config.server_variables.${name}.`);
      return placeholder;
    }
    const allowed = own(variable, 'enum');
    if (Array.isArray(allowed) && allowed.length > 0 && !allowed.map(String).includes(value)) {
      problems.push(
        `openapi_config.server_variables.${name} is not one of the values that the document allows: ${allowed.map(String).join(', ')}.`,
      );
    }
    return value;
  });
  return problems.length > 0 ? { ok: false, message: problems.join(' ') } : { ok: true, url };
}
