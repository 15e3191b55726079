/** Percent-encodes everything but RFC 3986's unreserved characters; a lone surrogate becomes U+FFFD. */
export function encodeUnreserved(text: string): string {
  const wellFormed = Buffer.from(text, 'utf8').toString('utf8');
  return encodeURIComponent(wellFormed).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** For `allowReserved`: reserved characters stay, but those that would change how a query is read. */
export function encodeReserved(text: string): string {
  return encodeUnreserved(text).replaceAll(/%(3A|2F|3F|5B|5D|40|21|24|27|28|29|2A|2C|3B|3D)/g, (encoded) =>
    decodeURIComponent(encoded),
  );
}

/** For the literal parts of a path template: what may stand in a path stays, percent-encoded parts included. */
export function encodeLiteral(text: string): string {
  return encodeURI(Buffer.from(text, 'utf8').toString('utf8'))
    .replaceAll('%25', '%')
    .replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replaceAll('?', '%3F')
    .replaceAll('#', '%23');
}
