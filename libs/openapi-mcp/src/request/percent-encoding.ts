/** Percent-encodes everything but RFC 3986's unreserved characters; a lone surrogate becomes U+FFFD. */
export function encodeUnreserved(text: string): string {
  return encodeURIComponent(wellFormed(text)).replaceAll(/[!'()*]/g, encodeAscii);
}

/**
 * For `allowReserved`: reserved characters stay, but those that would end the query or change how it is read
 * (`#`, `&`, `+`), and the brackets, which RFC 3986 keeps out of a query. A percent sign is data like any other.
 */
export function encodeReserved(text: string): string {
  return encodeUnreserved(text).replaceAll(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B|3D)/g, (encoded) =>
    decodeURIComponent(encoded),
  );
}

/** For the literal parts of a path template: what may stand in a path stays, percent-encoded parts included. */
export function encodeLiteral(text: string): string {
  return encodeURI(wellFormed(text))
    .replaceAll('%25', '%')
    .replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replaceAll('?', '%3F')
    .replaceAll('#', '%23');
}

/** For a query whose format is the document's own: delimiters and percent-encoded parts stay, nothing leaves the query. */
export function encodeQueryText(text: string): string {
  return encodeURI(wellFormed(text))
    .replaceAll('%25', '%')
    .replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replaceAll(/[#[\]]/g, encodeAscii);
}

/** Percent-encodes what RFC 6265 keeps out of the value of a cookie, and only that. */
export function encodeCookieOctets(text: string): string {
  return wellFormed(text).replaceAll(/[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+/g, encodeUnreserved);
}

function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

function encodeAscii(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
