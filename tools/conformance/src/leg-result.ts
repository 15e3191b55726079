/** What a suite says of one thing that it looked at; a check that does not apply, or only informs, is no success. */
export interface Check {
  id: string;
  name: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  errorMessage?: string;
}

export interface ScenarioResult {
  scenario: string;
  checks: Check[];
  /** It did not end in time; what it had checked until then is unknown. */
  isTimedOut: boolean;
}

/** All scenarios of a leg against one URL. */
export interface LegResult {
  scenarios: ScenarioResult[];
  durationMs: number;
}

export function passedCount({ scenarios }: LegResult): number {
  return scenarios.flatMap(({ checks }) => checks).filter(({ status }) => status === 'SUCCESS').length;
}
