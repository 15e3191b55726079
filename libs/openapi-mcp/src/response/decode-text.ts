/** The text of a body, and whether it is text at all. */
export interface DecodedText {
  text: string;
  /** It holds what no text does: NUL characters, or bytes that are none in its charset. */
  isDoubtful: boolean;
}

/** The byte order marks of Unicode (the Encoding Standard, 4.2). */
const marks: readonly { charset: string; bytes: readonly number[] }[] = [
  { charset: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { charset: 'utf-16le', bytes: [0xff, 0xfe] },
  { charset: 'utf-16be', bytes: [0xfe, 0xff] },
];

/**
 * Decodes by, in this order: a byte order mark, the charset that the answer names, an XML declaration, UTF-16 as it
 * shows in the first bytes, UTF-8; what is no UTF-8 though nothing else was named is Windows-1252, as in browsers.
 */
export function decodeText(body: Uint8Array, charset: string | undefined): DecodedText {
  const mark = marks.find(({ bytes }) => bytes.every((byte, index) => body[index] === byte));
  const named = mark?.charset ?? charset ?? xmlEncoding(body) ?? bareUtf16(body);
  const decoder = named === undefined ? undefined : decoderFor(named);
  if (decoder) return judged(decoder.encoding === 'windows-1252' ? windows1252(body) : decoder.decode(body));
  const strict = new TextDecoder('utf-8', { fatal: true });
  try {
    return judged(strict.decode(body));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { text: windows1252(body), isDoubtful: true };
  }
}

/** 0x80 to 0x9f, where it differs from Latin-1; Node.js 20 decodes both as that. */
const c1 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function windows1252(body: Uint8Array): string {
  return Buffer.from(body)
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => c1[character.charCodeAt(0) - 0x80] ?? character);
}

function judged(text: string): DecodedText {
  return { text, isDoubtful: text.slice(0, 4096).includes('\0') };
}

/** @returns undefined for an encoding that nobody knows */
function decoderFor(charset: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(charset);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function xmlEncoding(body: Uint8Array): string | undefined {
  const start = Buffer.from(body.subarray(0, 256)).toString('latin1');
  return /^<\?xml\s[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(start)?.[1];
}

/** The first character of JSON and of most text is ASCII, which UTF-16 pads with a zero (RFC 4627, 3). */
function bareUtf16([a, b, c, d]: Uint8Array): string | undefined {
  const isAscii = (byte: number | undefined) => byte !== undefined && byte !== 0 && byte < 128;
  if (a === 0 && isAscii(b) && c === 0 && isAscii(d)) return 'utf-16be';
  if (isAscii(a) && b === 0 && isAscii(c) && d === 0) return 'utf-16le';
  return undefined;
}
