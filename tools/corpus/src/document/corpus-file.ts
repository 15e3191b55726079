import type { CallsSummary } from '../calls/explanations.js';
import type { Machine } from '../machine.js';
import type { ScaleReport } from '../scale/run-scale.js';
import type { Summary } from '../summary.js';

/** What `--out` writes and `--render` reads. */
export type CorpusFile =
  | { kind: 'convert'; takenAt: string; machine: Machine; seconds: number; peakMb: number; summary: Summary }
  | { kind: 'calls'; takenAt: string; machine: Machine; seconds: number; summary: CallsSummary }
  | ScaleReport;
