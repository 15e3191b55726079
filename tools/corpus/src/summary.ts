import { defectKinds, type DefectKind, type DocumentReport } from './document-report.js';

/** The figures of a run. */
export interface Summary {
  documents: number;
  loaded: number;
  byVersion: Record<string, number>;
  refused: { id: string; reason: string }[];
  failures: { id: string; reason: string }[];
  operations: number;
  components: number;
  /** Operations without a component, by the code that says why. */
  skipped: Record<string, number>;
  diagnostics: Record<string, number>;
  defects: Record<DefectKind, number>;
  /** Examples, the first of each document. */
  defectExamples: string[];
  listBytes: number;
  listBytesWithoutOutputs: number;
  seconds: { load: number; convert: number; list: number };
  worst: Record<WorstKind, { id: string; value: number }[]>;
}

const worstKinds = {
  'size of the document (MB)': ({ bytes }: DocumentReport) => bytes / 1e6,
  operations: ({ operations }: DocumentReport) => operations,
  'load time (s)': ({ ms }: DocumentReport) => ms.load / 1000,
  'conversion time (s)': ({ ms }: DocumentReport) => ms.convert / 1000,
  'list time (s)': ({ ms }: DocumentReport) => ms.list / 1000,
  'list with output schemas (MB)': ({ list }: DocumentReport) => list.bytes / 1e6,
  'list without output schemas (MB)': ({ list }: DocumentReport) => list.bytesWithoutOutputs / 1e6,
  'largest tool (KB)': ({ list }: DocumentReport) => list.largestToolBytes / 1e3,
  'heap of the thread (MB)': ({ heapMb }: DocumentReport) => heapMb,
  'operations left out': ({ skipped }: DocumentReport) => sum(Object.values(skipped)),
  diagnostics: ({ diagnostics }: DocumentReport) => sum(Object.values(diagnostics)),
} satisfies Record<string, (report: DocumentReport) => number>;
export type WorstKind = keyof typeof worstKinds;
const worstCount = 10;

export function summarize(reports: readonly DocumentReport[]): Summary {
  const refused = reports.flatMap(({ id, refused: reason }) => (reason === undefined ? [] : [{ id, reason }]));
  const failures = reports.flatMap(({ id, failure: reason }) => (reason === undefined ? [] : [{ id, reason }]));
  const defects = reports.flatMap(({ id, defects: found }) => found.map((defect) => ({ id, ...defect })));
  const total = (value: (report: DocumentReport) => number): number => sum(reports.map(value));
  return {
    documents: reports.length,
    loaded: reports.length - refused.length - failures.length,
    byVersion: counts(reports.map(({ version }) => (version === '' ? 'none' : version))),
    refused,
    failures,
    operations: total(({ operations }) => operations),
    components: total(({ components }) => components),
    skipped: added(reports.map(({ skipped }) => skipped)),
    diagnostics: added(reports.map(({ diagnostics }) => diagnostics)),
    defects: Object.fromEntries(
      defectKinds.map((kind) => [kind, defects.filter((one) => one.kind === kind).length]),
    ) as Record<DefectKind, number>,
    defectExamples: defectKinds.flatMap((kind) => {
      const seen = new Set<string>();
      return defects
        .filter((one) => one.kind === kind && !seen.has(one.id) && seen.add(one.id))
        .slice(0, 20)
        .map(({ id, where, detail }) => `${kind}: ${id} ${where}${detail === undefined ? '' : ` ${detail}`}`);
    }),
    listBytes: total(({ list }) => list.bytes),
    listBytesWithoutOutputs: total(({ list }) => list.bytesWithoutOutputs),
    seconds: {
      load: total(({ ms }) => ms.load) / 1000,
      convert: total(({ ms }) => ms.convert) / 1000,
      list: total(({ ms }) => ms.list) / 1000,
    },
    worst: Object.fromEntries(
      Object.entries(worstKinds).map(([kind, value]) => [
        kind,
        reports
          .map((report) => ({ id: report.id, value: value(report) }))
          .filter((one) => one.value > 0)
          .sort((a, b) => b.value - a.value)
          .slice(0, worstCount),
      ]),
    ) as Summary['worst'],
  };
}

/** What must hold for every document: no exception, nothing lost, nothing wrong in what clients are shown. */
export function isGood({ failures, defects, refused }: Summary): boolean {
  return failures.length === 0 && refused.length === 0 && sum(Object.values(defects)) === 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function counts(values: readonly string[]): Record<string, number> {
  return added(values.map((value) => ({ [value]: 1 })));
}

function added(maps: readonly Record<string, number>[]): Record<string, number> {
  const total = new Map<string, number>();
  for (const map of maps) for (const [key, value] of Object.entries(map)) total.set(key, (total.get(key) ?? 0) + value);
  return Object.fromEntries([...total].sort((a, b) => b[1] - a[1]));
}
