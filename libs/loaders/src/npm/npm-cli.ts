import { realpath } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';

const script = 'npm-cli.js';

/**
 * The JavaScript file of the npm that belongs to this Node.js, else of one on the search path. It is run by Node.js
 * itself: what is called `npm` may be a shell script.
 */
export async function findNpmCli(searchPath: string, node = process.execPath): Promise<string | undefined> {
  const folders = [dirname(node), dirname(await realpath(node))];
  const candidates = [
    ...folders.flatMap((folder) => [
      join(folder, 'npm'),
      join(folder, '../lib/node_modules/npm/bin', script),
      join(folder, 'node_modules/npm/bin', script),
    ]),
    ...searchPath.split(delimiter).map((folder) => join(folder, 'npm')),
  ];
  for (const candidate of candidates) {
    const file = await realpath(candidate).catch(() => undefined);
    if (file !== undefined && basename(file) === script) return file;
  }
  return undefined;
}

const passedOn =
  /^(PATH|HOME|USERPROFILE|APPDATA|LANG|LC_[A-Z]+|TZ|(https?|no)_proxy|node_extra_ca_certs|ssl_cert_(file|dir)|npm_config_(registry|userconfig|globalconfig|proxy|https_proxy|noproxy|cafile|strict_ssl))$/i;

/** Of the hub's environment what npm needs to find its registry as the operator has configured it. */
export function npmEnvironment(hub: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(hub)) {
    if (value !== undefined && passedOn.test(name)) environment[name] = value;
  }
  return environment;
}
