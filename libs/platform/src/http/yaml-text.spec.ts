import { expect, it } from 'vitest';
import { MalformedBody } from './http.errors.js';
import { prefersYaml } from './bodies.js';
import { checkShape, parseYaml, renderYaml } from './yaml-text.js';

it('keeps dates as text and reads numbers, as YAML 1.2 does', async () => {
  expect(await parseYaml('at: 2025-05-16T18:56:49Z\nn: 1.5\nyes: no\n')).toEqual({
    at: '2025-05-16T18:56:49Z',
    n: 1.5,
    yes: 'no',
  });
});

it('tells the place of a fault', async () => {
  await expect(parseYaml('a: 1\nb: [\n')).rejects.toThrow(/not valid YAML \(line 3, column 1\)/);
});

it('parses a long text in a thread, to the same result', async () => {
  const items = Array.from({ length: 20_000 }, (_, index) => ({
    id: `entry-${index}`,
    tags: ['a', 'b'],
  }));
  expect(await parseYaml(renderYaml({ items }))).toEqual({ items });
});

it('tells the place of a fault in a long text too', async () => {
  const text = `${'a: 1\n'.replace('a', 'x'.repeat(300 * 1024))}b: [`;
  await expect(parseYaml(text)).rejects.toThrow(/not valid YAML \(line/);
});

it('leaves other work running while it parses a long text', async () => {
  const text = renderYaml({
    items: Array.from({ length: 60_000 }, (_, index) => ({
      id: index,
      tags: ['a', 'b', 'c'],
    })),
  });
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 5);
  await parseYaml(text);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(3);
});

it('refuses aliases that multiply', async () => {
  const levels = Array.from(
    { length: 12 },
    (_, n) =>
      `l${n}: &l${n} [${Array(10)
        .fill(n === 0 ? 'x' : `*l${n - 1}`)
        .join(', ')}]`,
  );
  await expect(parseYaml(levels.join('\n'))).rejects.toThrow(MalformedBody);
});

it('takes a few aliases', async () => {
  expect(await parseYaml('a: &a {x: 1}\nb: *a\n')).toEqual({
    a: { x: 1 },
    b: { x: 1 },
  });
});

it('refuses data that contains itself', async () => {
  await expect(parseYaml('&a [*a]')).rejects.toThrow(MalformedBody);
});

it('refuses nesting without end', async () => {
  await expect(parseYaml('['.repeat(100_000))).rejects.toThrow(MalformedBody);
  expect(() => checkShape(JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`))).toThrow('200 levels');
});

it.each([
  ['application/yaml', true],
  ['application/json, application/yaml;q=0.5', false],
  ['text/yaml, application/json;q=0.9', true],
  ['*/*', false],
  ['application/yaml;q=0', false],
  [undefined, false],
])('finds whether %s asks for YAML', (accept, expected) => {
  expect(prefersYaml(accept)).toBe(expected);
});
