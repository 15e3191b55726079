import { DependencyUnavailable } from '@mcp-hub/domain';
import { expect } from 'vitest';

/** A server over the network that an adapter depends on, and that a test may take away. */
export interface ServerUnderTest {
  /** Cuts all connections to the server, and refuses new ones. */
  drop(): Promise<void>;
  /** The way to the server is free again; what it holds is as it was. */
  restore(): Promise<void>;
  /** The server loses all it holds, while the connections stay. */
  lose(): Promise<void>;
}

/** Asserts that each of the calls throws `DependencyUnavailable` of that dependency, each within `withinMs`. */
export async function expectUnavailable(
  dependency: DependencyUnavailable['dependency'],
  withinMs: number,
  calls: Record<string, () => Promise<unknown>>,
): Promise<void> {
  const outcomes = await Promise.all(
    Object.entries(calls).map(async ([name, call]) => {
      const startedAt = performance.now();
      const error: unknown = await call().then(
        () => 'resolved',
        (reason: unknown) => reason,
      );
      const isTranslated = error instanceof DependencyUnavailable && error.dependency === dependency;
      const isInTime = performance.now() - startedAt <= withinMs;
      return [name, { outcome: isTranslated ? 'unavailable' : String(error), isInTime }] as const;
    }),
  );
  const expected = Object.keys(calls).map((name) => [name, { outcome: 'unavailable', isInTime: true }]);
  expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(expected));
}
