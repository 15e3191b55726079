import { passedCount, type Check, type LegResult } from './leg-result.js';

/** A check that passed directly and not through the hub. */
export interface LostCheck {
  scenario: string;
  id: string;
  name: string;
  /** Why, as far as the suite says: its message, or that the check was not made at all. */
  reason: string;
}

export interface LegComparison {
  direct: number;
  through: number;
  lost: LostCheck[];
  /** Lost as is known before, which nothing but `unreachable` is for. */
  excused: LostCheck[];
  /** What makes the comparison worthless: scenarios that checked nothing directly, or did not end. */
  faults: string[];
}

/**
 * Names every check that passed directly and not through the hub. A suite makes some checks more than once: as many
 * must pass. What fails on both sides is no loss.
 *
 * @param unreachable the id of a check that can't be passed in this way of hosting, whatever the hub does: it is no loss
 *   either, and its passing after all is a fault
 */
export function compareLeg(direct: LegResult, through: LegResult, unreachable?: string): LegComparison {
  const all = direct.scenarios.flatMap(({ scenario, checks }) => {
    const counterpart = through.scenarios.find((other) => other.scenario === scenario);
    return lostOf(scenario, checks, counterpart?.checks ?? [], counterpart?.isTimedOut === true);
  });
  const excused = all.filter(({ id }) => id === unreachable);
  const faults = faultsOf(direct);
  const isPassedDirectly = hasPassed(direct, unreachable);
  if (isPassedDirectly && excused.length === 0)
    faults.push(`${String(unreachable)} passes after all: excuse it no longer`);
  return {
    direct: passedCount(direct),
    through: passedCount(through),
    lost: all.filter((check) => !excused.includes(check)),
    excused,
    faults,
  };
}

function hasPassed({ scenarios }: LegResult, id: string | undefined): boolean {
  return scenarios.some(({ checks }) => checks.some((check) => check.id === id && isPassed(check)));
}

function lostOf(scenario: string, direct: Check[], through: Check[], isTimedOut: boolean): LostCheck[] {
  const lost: LostCheck[] = [];
  const passed = direct.filter(isPassed);
  for (const key of new Set(passed.map(keyOf))) {
    const wanted = passed.filter((check) => keyOf(check) === key);
    const found = through.filter((check) => keyOf(check) === key);
    for (const { id, name } of wanted.slice(found.filter(isPassed).length)) {
      const failed = found.find((check) => !isPassed(check));
      const reason = failed
        ? `${failed.status}: ${failed.errorMessage ?? 'without a message'}`
        : isTimedOut
          ? 'the scenario did not end in time'
          : 'the check was not made';
      lost.push({ scenario, id, name, reason });
    }
  }
  return lost;
}

function faultsOf({ scenarios }: LegResult): string[] {
  if (scenarios.length === 0) return ['no scenario was run directly'];
  return scenarios.flatMap(({ scenario, checks, isTimedOut }) => {
    if (isTimedOut) return [`${scenario} did not end in time directly`];
    return checks.length === 0 ? [`${scenario} checked nothing directly`] : [];
  });
}

function isPassed({ status }: Check): boolean {
  return status === 'SUCCESS';
}

/** Checks of one id differ by their names where a scenario tries several things. */
function keyOf({ id, name }: Check): string {
  return `${id} ${name}`;
}
