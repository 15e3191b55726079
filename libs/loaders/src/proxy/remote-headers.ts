import { LoadFailed, type AuthConfig, type Remote } from '@mcp-hub/domain';

/** A remote's URL and headers with what authenticates the hub there. */
export interface RemoteTarget {
  url: string;
  headers: Record<string, string>;
}

/**
 * @throws LoadFailed `upstream_auth` where the way to authenticate is none for remotes, or a value can't be in a header;
 *   `upstream_unreachable` where the URL is none with its variables filled in
 */
export function remoteTarget(remote: Remote, auth: AuthConfig | undefined): RemoteTarget {
  const headers: Record<string, string> = {};
  for (const { name, value } of remote.headers) headers[name.toLowerCase()] = value;
  const url = urlOf(remote);
  switch (auth?.type) {
    case undefined:
      break;
    case 'bearer':
      headers['authorization'] = `Bearer ${auth.token}`;
      break;
    case 'basic':
      headers['authorization'] = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
      break;
    case 'api_key':
      if (auth.query_name !== undefined) url.searchParams.set(auth.query_name, auth.api_key);
      else if (auth.cookie_name !== undefined) headers['cookie'] = `${auth.cookie_name}=${auth.api_key}`;
      else headers[(auth.header_name ?? 'X-API-Key').toLowerCase()] = auth.api_key;
      break;
    case 'oauth2':
    case 'schemes':
      throw new LoadFailed(
        'upstream_auth',
        `auth_config of type ${auth.type} is not supported for remote servers.`,
        'Use a token: auth_config {type: bearer, token}, or a header of the remote.',
      );
  }
  for (const [name, value] of Object.entries(headers)) requireSendable(name, value);
  return { url: url.href, headers };
}

function urlOf({ url }: Remote): URL {
  if (URL.canParse(url)) return new URL(url);
  throw new LoadFailed(
    'upstream_unreachable',
    'The URL of the remote is no URL once its variables are filled in.',
    'Correct the URL, or the values of the variables in it.',
    { isTransient: false },
  );
}

/** The values of secrets are known only now. */
function requireSendable(name: string, value: string): void {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return;
  throw new LoadFailed(
    'upstream_auth',
    `The value of the header ${name} holds characters that no header can have.`,
    'See whether the variable in it holds a line break, or something else than the secret.',
  );
}
