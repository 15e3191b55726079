import { expect, it } from 'vitest';
import { CallerNames } from './caller-names.js';

const ada = { id: 'ada', session: 's1' };
const anonymous = { id: 'anonymous', session: 's1' };

it('knows a caller by the authenticated name, in whichever session', () => {
  const names = new CallerNames();
  names.learn('n', ada);
  expect(names.isOf('n', { id: 'ada', session: 's2' })).toBe(true);
  expect(names.isOf('n', { id: 'bob', session: 's1' })).toBe(false);
});

it('knows an anonymous caller by the session', () => {
  const names = new CallerNames();
  names.learn('n', anonymous);
  expect(names.isOf('n', anonymous)).toBe(true);
  expect(names.isOf('n', { id: 'anonymous', session: 's2' })).toBe(false);
  expect(names.isOf('n', { id: 'anonymous' })).toBe(false);
});

it('takes nobody for the owner of what an anonymous caller without a session got', () => {
  const names = new CallerNames();
  names.learn('n', { id: 'anonymous' });
  expect(names.isOf('n', { id: 'anonymous' })).toBe(false);
});

it('forgets the oldest of too many', () => {
  const names = new CallerNames();
  for (let n = 0; n <= 10_000; n += 1) names.learn(`n${n}`, ada);
  expect([names.isOf('n0', ada), names.isOf('n1', ada), names.isOf('n10000', ada)]).toEqual([false, true, true]);
});
