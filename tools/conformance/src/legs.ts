/** A published version of the official suite, by the name under which this package depends on it. */
export type SuitePackage = 'conformance-0-1' | 'conformance-0-2';

/** One run of a suite at one revision of the protocol. */
export interface Leg {
  suite: SuitePackage;
  suiteVersion: string;
  revision: '2025-06-18' | '2025-11-25' | '2026-07-28';
  /** Checks that the fixture passes directly; fewer mean that it is broken, and nothing can be compared. */
  reached: number;
}

/** Every revision with every suite that knows it (gateway.md, "Who owns what"). */
export const legs: readonly Leg[] = [
  { suite: 'conformance-0-1', suiteVersion: '0.1.16', revision: '2025-06-18', reached: 26 },
  { suite: 'conformance-0-1', suiteVersion: '0.1.16', revision: '2025-11-25', reached: 44 },
  { suite: 'conformance-0-2', suiteVersion: '0.2.0-alpha.12', revision: '2025-06-18', reached: 56 },
  { suite: 'conformance-0-2', suiteVersion: '0.2.0-alpha.12', revision: '2025-11-25', reached: 84 },
  { suite: 'conformance-0-2', suiteVersion: '0.2.0-alpha.12', revision: '2026-07-28', reached: 152 },
];

export function nameOf({ suiteVersion, revision }: Leg): string {
  return `${suiteVersion} at ${revision}`;
}
