const hubVariables = /^(MCP_REGISTRY_.*|DATABASE_URL|AUTH_TOKEN)$/i;

/**
 * Which variables entries may refer to: those that one of the globs (`GITHUB_*`, `secrets.allow_env`) matches, and
 * never the hub's own settings, whatever the globs say (design.md, "Secrets and keys"). `*` stands for any characters,
 * `?` for one; case counts.
 */
export function variableFilter(globs: readonly string[]): (name: string) => boolean {
  const trimmed = globs.map((glob) => glob.trim()).filter((glob) => glob !== '');
  return (name) => !hubVariables.test(name) && trimmed.some((glob) => matches(glob, name));
}

/** Linear in time, unlike a regular expression with several stars: on a mismatch only the last star takes more. */
function matches(glob: string, name: string): boolean {
  let [at, star, retry, index] = [0, -1, 0, 0];
  while (index < name.length) {
    if (at < glob.length && glob[at] === '*') {
      star = at++;
      retry = index;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === name[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++retry;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
