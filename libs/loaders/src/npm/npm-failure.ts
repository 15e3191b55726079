import { LoadFailed } from '@mcp-hub/domain';
import type { Finished } from '../supervision/child-processes.js';

interface NpmError {
  code: string;
  summary: string;
}

const notThere: ReadonlySet<string> = new Set(['E404', 'ETARGET', 'ENOVERSIONS']);
const refused: ReadonlySet<string> = new Set(['E401', 'E403', 'ENEEDAUTH', 'EUNAUTHORIZED']);
/** What does not get better by another try: the package does not fit this machine. */
const unfit: ReadonlySet<string> = new Set([
  'EBADPLATFORM',
  'EBADENGINE',
  'ERESOLVE',
  'EUNSUPPORTEDPROTOCOL',
  'EINVALIDPACKAGENAME',
]);
const unreachable: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_SOCKET_TIMEOUT',
  'FETCH_ERROR',
]);

/** What a failed run of npm (with `--json`) means, decided by its code. @param what such as `"my-server" 1.2.3` */
export function npmFailure(what: string, { exit, stdout, stderr }: Finished): LoadFailed {
  const { code, summary } = errorOf(stdout) ?? { code: '', summary: '' };
  const told = [code, withoutPlaces(summary)].filter((part) => part !== '').join(': ');
  if (notThere.has(code)) {
    return new LoadFailed(
      'package_not_found',
      `The npm registry does not have ${what}, or something that it needs (${told}).`,
      'Correct name and version of the package; a private one needs a registry that has it.',
    );
  }
  if (refused.has(code)) {
    return new LoadFailed(
      'install_failed',
      `The npm registry refuses ${what} (${told}).`,
      'Give npm on the machine of the loader worker what it needs to log in.',
      { isTransient: false },
    );
  }
  if (unfit.has(code)) {
    return new LoadFailed(
      'install_failed',
      `${what} can't be installed here (${told}).`,
      'Take another version, or a worker on the platform that the package wants.',
      { isTransient: false },
    );
  }
  if (unreachable.has(code)) {
    return new LoadFailed(
      'install_failed',
      `The npm registry could not be reached to install ${what} (${code}).`,
      'Check the network of the loader worker and its npm registry; the hub tries again by itself.',
    );
  }
  const words = told === '' ? `npm ${exit.reason}: ${lastLine(stderr)}` : told;
  return new LoadFailed(
    'install_failed',
    `npm could not install ${what} (${words}).`,
    'See whether npm installs it by hand on the machine of the loader worker.',
  );
}

function errorOf(stdout: string): NpmError | undefined {
  const start = stdout.indexOf('{');
  if (start < 0) return undefined;
  try {
    const { error } = JSON.parse(stdout.slice(start)) as { error?: Partial<NpmError> };
    return error && { code: error.code ?? '', summary: error.summary ?? '' };
  } catch {
    return undefined;
  }
}

function lastLine(text: string): string {
  return withoutPlaces(text.trim().split('\n').at(-1) ?? '').slice(0, 300);
}

/** Registries may have credentials in their URLs, and folders of this machine are nobody's business. */
function withoutPlaces(text: string): string {
  return text.replace(/\b[a-z]+:\/\/\S*\//gi, '').replace(/(^|[\s'"])\/\S*\//g, '$1…/');
}
