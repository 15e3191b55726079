/** A figure that is wanted, and what came out. */
export interface Aim {
  what: string;
  /** One of the two. */
  atLeast?: number;
  atMost?: number;
  unit: string;
  /** Absent where it was not measured. */
  measured?: number;
}

export type AimOutcome = 'met' | 'missed' | 'not measured';

/** A figure that is not a number misses its aim. */
export function outcomeOf({ atLeast, atMost, measured }: Aim): AimOutcome {
  if (measured === undefined) return 'not measured';
  const isEnough = atLeast === undefined || measured >= atLeast;
  const isLittle = atMost === undefined || measured <= atMost;
  return isEnough && isLittle ? 'met' : 'missed';
}

export const aimHead = ['aim', 'wanted', 'measured', 'outcome'];

export function aimRows(aims: readonly Aim[]): string[][] {
  return aims.map((aim) => [
    aim.what,
    aim.atLeast === undefined ? `≤ ${figure(aim.atMost, aim.unit)}` : `≥ ${figure(aim.atLeast, aim.unit)}`,
    figure(aim.measured, aim.unit),
    outcomeOf(aim),
  ]);
}

function figure(value: number | undefined, unit: string): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const digits = Number.isInteger(value) || value >= 100 ? 0 : 2;
  return `${value.toFixed(digits)} ${unit}`.trim();
}
