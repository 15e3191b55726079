const slug = /^[a-z0-9][a-z0-9._-]{0,126}[a-z0-9]$/;
const reverseDnsName = /^[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]\/[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$/;
const MAX_SLUG = 128;
const MAX_NAME = 300;

/** Whether a text can be the `id` of an entry. */
export function isSlug(text: string): boolean {
  return slug.test(text);
}

/** Whether a name is one of the official registry's form, `io.github.user/weather` (hub-api.md, "The two views"). */
export function isReverseDnsName(name: string): boolean {
  return name.length <= MAX_NAME && reverseDnsName.test(name);
}

/**
 * The `id` for an entry that has a name only: "GitHub API" → `github-api`, `io.github.user/weather` →
 * `io.github.user.weather`. Accents are dropped; a name without any Latin letter or digit gives `server`. Whether the
 * id is free is for the caller to find out.
 */
export function slugFromName(name: string): string {
  const separated = isReverseDnsName(name) ? name.replace('/', '.') : name;
  const made = separated
    .slice(0, MAX_NAME)
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^[._-]+/, '')
    .replace(/[._-]+$/, '');
  if (isSlug(made)) return made;
  return made === '' ? 'server' : `server-${made}`;
}
