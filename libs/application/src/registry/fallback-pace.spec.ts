import { expect, it } from 'vitest';
import { aLoadJob } from '../testing/routing-builders.js';
import { FallbackPace } from './fallback-pace.js';

const fallback = aLoadJob({ isFallback: true });

/** When a pass every two seconds would send the job. */
function sentAt(pace: FallbackPace, job: typeof fallback, until: number): number[] {
  const times: number[] = [];
  for (let now = 0; now <= until; now += 2_000) if (pace.isDue(job, now)) times.push(now / 1000);
  return times;
}

it('lets a fallback go ever more rarely', () => {
  expect(sentAt(new FallbackPace(), fallback, 100_000)).toEqual([0, 6, 16, 36, 76]);
});

it('lets any other job go at every pass', () => {
  expect(sentAt(new FallbackPace(), aLoadJob(), 6_000)).toEqual([0, 2, 4, 6]);
});

it('begins anew with another generation', () => {
  const pace = new FallbackPace();
  sentAt(pace, fallback, 60_000);
  expect(pace.isDue(aLoadJob({ isFallback: true, generation: 7 }), 62_000)).toBe(true);
});

it('begins anew when the fallback was not needed for long', () => {
  const pace = new FallbackPace();
  sentAt(pace, fallback, 100_000);
  expect([pace.isDue(fallback, 2_000_000), pace.isDue(fallback, 2_006_000)]).toEqual([true, true]);
});
