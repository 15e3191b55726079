import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutJson, maxDepth } from './cut-json.js';
import { depthOf } from './json-index.js';

const compact = (value: unknown) => JSON.stringify(value);
const letters = (count: number) => 'x'.repeat(count);

describe('cutJson', () => {
  it('shortens an array from its end', () => {
    expect(cutJson('[1000,2000,3000,4000]', 12)).toEqual({
      text: '[1000,2000]',
      omissions: ['the whole: kept 2 of 4 items'],
    });
  });

  it('cuts a long string where small members stay', () => {
    const text = compact({ id: 1, text: letters(100), next: 'p2' });
    expect(cutJson(text, 60)).toEqual({
      text: `{"id":1,"text":"${letters(27)}…","next":"p2"}`,
      omissions: ['/text: kept 27 of 100 characters'],
    });
  });

  it('shares the room among what does not fit', () => {
    const { text } = cutJson(compact({ a: letters(500), b: letters(500), c: [letters(500)] }), 300);
    const { a, b, c } = JSON.parse(text) as { a: string; b: string; c: string[] };
    expect([a.length, b.length, c[0]?.length].every((length) => (length ?? 0) > 60)).toBe(true);
  });

  it('cuts the huge item of an array and keeps those after it', () => {
    const { text } = cutJson(compact([letters(5000), 7, 8]), 200);
    expect(JSON.parse(text)).toEqual([expect.stringMatching(/^x+…$/), 7, 8]);
  });

  it('keeps the first members of an object that is a list by name', () => {
    const members = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`key${index}`, { n: index, s: letters(40) }]),
    );
    const cut = cutJson(compact(members), 1000);
    const kept = Object.entries(JSON.parse(cut.text) as typeof members);
    expect(kept).toEqual(Object.entries(members).slice(0, kept.length));
    expect(kept.length).toBeGreaterThan(12);
    expect(cut.omissions).toEqual([`the whole: kept ${kept.length} of 1000 members`]);
  });

  it('keeps digits and escapes as they were', () => {
    expect(
      cutJson('{"n":9007199254740993,"f":1.0,"e":"\\u00e4\\/","l":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}', 70).text,
    ).toMatch(/^\{"n":9007199254740993,"f":1\.0,"e":"\\u00e4\\\/","l":\[1,2,/);
  });

  it('takes no escape or surrogate pair apart', () => {
    for (let size = 4; size < 40; size += 1) {
      for (const text of [
        '"\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n"',
        '"\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00"',
        `"${'😀'.repeat(12)}"`,
      ]) {
        const value = JSON.parse(cutJson(text, size).text) as string;
        expect(() => encodeURIComponent(value)).not.toThrow();
      }
    }
  });

  it('names the place of what it left out by pointer', () => {
    const { omissions } = cutJson(compact({ 'a/b': [{ '~': letters(300) }] }), 100);
    expect(omissions).toEqual([expect.stringMatching(/^\/a~1b\/0\/~0: kept \d+ of 300 characters$/)]);
  });

  it.each([
    ['lists', '[', '1', ']'],
    ['objects', '{"a":1,"b":', '{}', '}'],
  ])('empties %s that are nested too deeply, in no time', (_, open, inner, close) => {
    const depth = 1_000_000;
    const startedAt = performance.now();
    const cut = cutJson(`${open.repeat(depth)}${inner}${close.repeat(depth)}`, 1_000_000);
    expect(performance.now() - startedAt).toBeLessThan(1500);
    expect(depthOf(cut.text)).toBe(maxDepth + 1);
    expect(cut.omissions).toEqual([expect.stringContaining('nested too deeply')]);
  });

  it('stays quick where the huge part is at the bottom', () => {
    let value: unknown = letters(4_000_000);
    for (let depth = 0; depth < 90; depth += 1) value = { a: value, b: [1] };
    const text = compact(value);
    const startedAt = performance.now();
    expect(Buffer.byteLength(cutJson(text, 10_000).text)).toBeLessThanOrEqual(10_000);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('always gives JSON within the size, and what fits unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 24, max: 400 }), (value, maxBytes) => {
        const text = compact(value);
        const cut = cutJson(text, maxBytes);
        JSON.parse(cut.text);
        if (Buffer.byteLength(text) <= maxBytes) expect(cut).toEqual({ text, omissions: [] });
        else {
          expect(cut.omissions).not.toEqual([]);
          expect(Buffer.byteLength(cut.text)).toBeLessThanOrEqual(maxBytes);
        }
      }),
      { numRuns: 500 },
    );
  });
});
