const npmVersion = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const pypiVersion = /^v?(\d+!)?\d+(\.\d+)*[0-9A-Za-z.+_-]*$/;
const dockerTag = /^([A-Za-z0-9_][A-Za-z0-9._-]{0,127}|sha256:[0-9a-f]{64})$/;
const range = /^[~^<>=!]|\|\||(^|[.\s])[xX*]($|[.\s])|\s-\s|[<>]|,/;
const source =
  /^(file|link|workspace|npm|portal|patch|github|gitlab|bitbucket|gist|git|ssh|https?)[+:]|^git@|\/|\.(tgz|tar\.gz|whl|zip)$/i;

/**
 * Why a package's version can't be used (hosting.md, "Packages"): it must be exact, or `latest`, or empty; for docker a
 * tag or a digest.
 *
 * @returns what is wrong and the remedy, undefined where nothing is
 */
export function packageVersionRefusal(registry: string, version: string): string | undefined {
  if (version === '' || version === 'latest') return undefined;
  const isDocker = registry === 'docker' || registry === 'oci' || registry === 'docker-hub';
  if (isDocker) return dockerTag.test(version) ? undefined : 'must be a tag, or sha256: and 64 hex digits';
  if (source.test(version)) return 'must be a published version, not a file, an archive or a repository';
  if (isRange(version)) return 'must be one exact version, not a range; latest takes the newest';
  if (registry === 'npm' && !npmVersion.test(version)) {
    return /^v?\d+(\.\d+)?$/.test(version)
      ? 'must be one exact version with three numbers (1.2.0); latest takes the newest'
      : 'must be an exact version such as 1.2.3, or latest; other tags are not accepted';
  }
  if (registry === 'pypi' && !pypiVersion.test(version)) return 'must be an exact version such as 1.2.3, or latest';
  return undefined;
}

/** Why the version of an entry itself can't be used, by the rules of the official registry, which shows it too. */
export function entryVersionRefusal(version: string): string | undefined {
  if (version === 'latest') return 'must be a version of its own; latest always means the newest one';
  return isRange(version) ? 'must be one exact version, not a range' : undefined;
}

/** A pre-release is not looked at: the `x` in `1.0.0-x.7` is no wildcard. */
function isRange(version: string): boolean {
  return range.test(version.replace(/^(v?\d+\.\d+\.\d+)-[0-9A-Za-z.-]+$/, '$1'));
}

const packageNames: Readonly<Record<string, { pattern: RegExp; be: string }>> = {
  npm: {
    pattern: /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~_][a-z0-9._~-]*$/i,
    be: 'the name of an npm package, such as my-server or @scope/my-server, without a version',
  },
  pypi: {
    pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[A-Za-z0-9._,-]+\])?$/,
    be: 'the name of a PyPI project, such as my-server, without a version',
  },
  docker: {
    pattern: /^([A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
    be: 'the name of an image, such as ghcr.io/user/my-server, in lower case and without a tag (the tag is the version)',
  },
};
const anyName = { pattern: /^[^-\s]\S*$/, be: 'the name of a package; it has no spaces and does not begin with -' };
const dockerAliases: Readonly<Record<string, string>> = { oci: 'docker', 'docker-hub': 'docker' };

/** Why a package's name can't be used; the names of registries that the hub does not run are hardly looked at. */
export function packageNameRefusal(registry: string, name: string): string | undefined {
  const family = dockerAliases[registry] ?? registry;
  const rule = Object.hasOwn(packageNames, family) ? (packageNames[family] ?? anyName) : anyName;
  return rule.pattern.test(name) ? undefined : `must be ${rule.be}`;
}
