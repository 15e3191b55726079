import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { convertDocument, loadDocument, type Component } from '@mcp-hub/openapi-mcp';
import { checkKeys, checkNames, lostOperations } from './check-components.js';
import { checkSchemas } from './check-schemas.js';
import { conversionOptions } from './conversion-options.js';
import { declaredOperations } from './declared-operations.js';
import { emptyReport, type DocumentReport } from './document-report.js';
import type { CorpusDocument } from './sources.js';
import { isObject } from './walk-schema.js';

/** Loads, converts and lists one document, and looks at all that clients would be shown. Does not throw. */
export async function measureDocument({ id, file }: CorpusDocument): Promise<DocumentReport> {
  const text = await readFile(file, 'utf8');
  const report: DocumentReport = { ...emptyReport(id), bytes: Buffer.byteLength(text) };
  try {
    measure(report, text);
  } catch (error) {
    report.failure = error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : String(error);
  }
  return report;
}

function measure(report: DocumentReport, text: string): void {
  const loaded = timed(report, 'load', () => loadDocument(text));
  if (!loaded.ok) {
    report.refused = loaded.message;
    return;
  }
  const { document } = loaded;
  report.version = document.version;
  const converted = timed(report, 'convert', () => convertDocument(document, conversionOptions()));
  if (!converted.ok) {
    report.refused = converted.message;
    return;
  }
  const { components, operationCount } = converted;
  report.operations = operationCount;
  report.components = components.length;
  for (const { code } of converted.diagnostics) report.diagnostics[code] = (report.diagnostics[code] ?? 0) + 1;
  const lines = timed(report, 'list', () => components.map(({ listed }) => JSON.stringify(listed)));
  const sizes = lines.map((line) => Buffer.byteLength(line));
  report.heapMb = Math.round(getHeapStatistics().used_heap_size / 2 ** 20);
  const bytes = sizes.reduce((sum, size) => sum + size + 1, 12);
  const outputs = components.reduce((sum, one) => sum + outputBytes(one), 0);
  report.list = {
    bytes,
    bytesWithoutOutputs: bytes - outputs,
    largestToolBytes: sizes.reduce((most, size) => Math.max(most, size), 0),
  };
  report.defects = [
    ...lostOperations(declaredOperations(document.root), components, converted.diagnostics, (code) => {
      report.skipped[code] = (report.skipped[code] ?? 0) + 1;
    }),
    ...checkNames(components),
    ...components.flatMap(checkKeys),
    ...checkSchemas(components.flatMap(shownSchemas), bytes),
  ];
}

function timed<T>(report: DocumentReport, stage: keyof DocumentReport['ms'], run: () => T): T {
  const from = performance.now();
  const result = run();
  report.ms[stage] = Math.round(performance.now() - from);
  return result;
}

function outputBytes({ listed }: Component): number {
  return listed.outputSchema === undefined ? 0 : Buffer.byteLength(JSON.stringify(listed.outputSchema)) + 16;
}

function shownSchemas({ name, listed }: Component): { where: string; schema: Record<string, unknown> }[] {
  return (['inputSchema', 'outputSchema'] as const).flatMap((key) => {
    const schema = listed[key];
    return isObject(schema) ? [{ where: `${name} ${key}`, schema }] : [];
  });
}
