import { idleHead, idleRows, type IdleReport } from '../idle/idle-report.js';
import { isolationHead, isolationRows, type IsolationReport } from '../isolation/isolation-report.js';
import { sessionHead, sessionRows, type SessionReport } from '../sessions/session-report.js';
import { startHead, startRows, type StartReport } from '../start/start-report.js';
import { aimHead, aimRows, type Aim } from './aims.js';
import { callNotes, gateLine, legHead, legRows, ratioTable, type CallReport } from './call-report.js';

/** What `--out` writes, and docs/performance.md quotes. */
export type Report = CallReport | IdleReport | SessionReport | IsolationReport | StartReport;

export interface Table {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A report as a person reads it: one sentence on how it was taken, tables, lines. */
export interface ReportText {
  plan: string;
  tables: Table[];
  notes: string[];
}

export function textOf(report: Report): ReportText {
  switch (report.kind) {
    case 'calls': {
      const { rounds, time } = report.plan;
      return {
        plan: `Medians of ${rounds} rounds of ${time.durationMs / 1_000} s each.`,
        tables: [{ head: legHead, rows: legRows(report) }, ratioTable(report), aimTable(report.aims)],
        notes: [gateLine(report.gate), ...callNotes(report)],
      };
    }
    case 'idle':
      return {
        plan: `Each over ${report.seconds} s at rest.`,
        tables: [{ head: idleHead, rows: idleRows(report) }],
        notes: [],
      };
    case 'sessions':
      return {
        plan: 'Each in a hub started for it, after collecting garbage.',
        tables: [{ head: sessionHead, rows: sessionRows(report) }, aimTable(report.aims)],
        notes: report.runs.flatMap(({ firstLoss }) =>
          firstLoss === undefined ? [] : [`The first loss: ${firstLoss}`],
        ),
      };
    case 'isolation': {
      const { rounds, seconds, connections } = report.plan;
      return {
        plan: `Medians of ${rounds} rounds of ${seconds} s each, ${connections} connections to the good server.`,
        tables: [{ head: isolationHead, rows: isolationRows(report) }, aimTable(report.aims)],
        notes: report.missing.map(({ server, reason }) => `The ${server} did not come up: ${reason}`),
      };
    }
    case 'start':
      return {
        plan: 'Everything built, an empty database, a module server in the seed file.',
        tables: [{ head: startHead, rows: startRows(report) }, aimTable(report.aims)],
        notes: [],
      };
  }
}

function aimTable(aims: readonly Aim[]): Table {
  return { head: aimHead, rows: aimRows(aims) };
}
