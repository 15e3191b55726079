/** What came of one document. */
export interface DocumentReport {
  id: string;
  /** `2.0`, `3.0`, `3.1`; as the document says. */
  version: string;
  bytes: number;
  /** Why it did not load; a message for the reader of the document. */
  refused?: string;
  /** An exception, a crash or a deadline: never right. */
  failure?: string;
  operations: number;
  components: number;
  /** Diagnostics by code. */
  diagnostics: Record<string, number>;
  /** Operations that became no component, by the code that says why. */
  skipped: Record<string, number>;
  /** What must be empty: each is a sentence that names the place. */
  defects: Defect[];
  list: { bytes: number; bytesWithoutOutputs: number; largestToolBytes: number };
  ms: { load: number; convert: number; list: number };
  /** Of the heap of its thread, after converting and listing. */
  heapMb: number;
}

export const defectKinds = [
  'operation lost',
  'name invalid',
  'name not unique',
  'key invalid',
  'schema does not compile',
  'reference dangling',
  'x- keyword',
] as const;
export type DefectKind = (typeof defectKinds)[number];

export interface Defect {
  kind: DefectKind;
  where: string;
  detail?: string;
}

export function emptyReport(id: string): DocumentReport {
  return {
    id,
    version: '',
    bytes: 0,
    operations: 0,
    components: 0,
    diagnostics: {},
    skipped: {},
    defects: [],
    list: { bytes: 0, bytesWithoutOutputs: 0, largestToolBytes: 0 },
    ms: { load: 0, convert: 0, list: 0 },
    heapMb: 0,
  };
}
