/** Shorter ones are masked as whole words only, or they would take ordinary words apart. */
const longEnough = 8;

/**
 * Text without these secrets, however an API may have spelled them: as they are, escaped for JSON, percent- or
 * form-encoded, in base64.
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter((secret) => secret.trim() !== '').flatMap(formsOf));
  // The longest first: a form may be part of another.
  return [...forms].sort((a, b) => b.length - a.length).reduce(maskOne, text);
}

function maskOne(text: string, secret: string): string {
  if (secret.length >= longEnough) return text.replaceAll(secret, '***');
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9_])${literal}(?![A-Za-z0-9_])`, 'g'), '***');
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Without lone surrogates, which can't be encoded.
  const percent = encodeURIComponent(bytes.toString('utf8'));
  const base64 = bytes.toString('base64');
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    escaped,
    escaped.replaceAll('/', '\\/'),
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    percent.replaceAll('%20', '+'),
    new URLSearchParams({ '': secret }).toString().slice(1),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
  ].filter((form) => form !== '');
}
