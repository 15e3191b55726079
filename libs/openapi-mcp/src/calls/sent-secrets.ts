/** Shorter parts of a value are words as often as secrets. */
const longEnough = 8;

/**
 * What an error must not repeat of a value that was sent with a request, as a credential or a configured header: all of
 * it, and what is secret within it by itself: what follows an authentication scheme, a password, the values of
 * parameters and cookies.
 */
export function secretsIn(value: string): string[] {
  const [, scheme, credentials] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +(\S.*)$/s.exec(value) ?? [];
  if (scheme === undefined || credentials === undefined) return [value, ...parameterValues(value)];
  if (/^basic$/i.test(scheme)) return [value, credentials, ...basicSecrets(credentials)];
  const isScheme = /^(Bearer|Token|ApiKey)$/i.test(scheme);
  return [
    value,
    ...(isScheme || credentials.length >= longEnough ? [credentials] : []),
    ...parameterValues(credentials),
  ];
}

/** A user name is none, unless it is the key and the password is empty or a word beside it. */
function basicSecrets(credentials: string): string[] {
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const end = pair.indexOf(':');
  const user = pair.slice(0, Math.max(end, 0));
  const password = pair.slice(end + 1);
  return [pair, password, ...(user.length > password.length ? [user] : [])];
}

/** Of `a=b; c=d`, as in cookies, and `a="b", c="d"`, as after a scheme. */
function parameterValues(text: string): string[] {
  return text.split(/[;,] */).flatMap((pair) => {
    const given = /^[\w.-]+=(.+)$/.exec(pair)?.[1]?.replaceAll(/^"|"$/g, '') ?? '';
    return given.length >= longEnough ? [given] : [];
  });
}
