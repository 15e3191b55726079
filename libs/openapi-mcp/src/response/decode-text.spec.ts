import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.js';

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('decodeText', () => {
  it.each<[string, Uint8Array, string | undefined, string]>([
    ['UTF-8', Buffer.from('ä€'), undefined, 'ä€'],
    ['a byte order mark of UTF-8', Buffer.from('\ufeffä'), undefined, 'ä'],
    ['a byte order mark of UTF-16, little-endian', Buffer.from('\ufeffä', 'utf16le'), undefined, 'ä'],
    ['a byte order mark of UTF-16, big-endian', utf16be('\ufeffä'), undefined, 'ä'],
    ['a byte order mark whatever charset is named', Buffer.from('\ufeffä'), 'iso-8859-1', 'ä'],
    ['the charset that is named', Buffer.from([0xe4]), 'ISO-8859-1', 'ä'],
    ['a charset of more than a byte', Buffer.from([0x93, 0xfa]), 'shift_jis', '日'],
    ['UTF-8 where nobody knows the charset', Buffer.from('ä'), 'x-nonsense', 'ä'],
    [
      'an XML declaration',
      Buffer.from('<?xml version="1.0" encoding="ISO-8859-2"?><a>\xb1</a>', 'latin1'),
      undefined,
      '<?xml version="1.0" encoding="ISO-8859-2"?><a>ą</a>',
    ],
    ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le'), undefined, '{"a":1}'],
    ['big-endian UTF-16 without a mark', utf16be('{"a":1}'), undefined, '{"a":1}'],
    ['Windows-1252 where it is no UTF-8', Buffer.from([0x80, 0xe4]), undefined, '€ä'],
  ])('decodes %s', (_, body, charset, expected) => {
    expect(decodeText(body, charset).text).toBe(expected);
  });

  it('doubts what no text holds', () => {
    expect(decodeText(Buffer.from([1, 0, 0, 0, 5]), undefined).isDoubtful).toBe(true);
    expect(decodeText(Buffer.from([0x89, 0x50, 0xff]), undefined).isDoubtful).toBe(true);
    expect(decodeText(Buffer.from('plain'), undefined).isDoubtful).toBe(false);
  });
});
