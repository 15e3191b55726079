import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { convertDocument, loadDocument } from '@mcp-hub/openapi-mcp';
import { conversionOptions } from '../conversion-options.js';
import type { ScaleFigures } from './scale-documents.js';

// A program of its own: loads, converts and lists the document that it is given, and writes its figures.
const from = performance.now();
const text = readFileSync(process.argv[2] ?? '', 'utf8');
const loaded = loadDocument(text);
if (!loaded.ok) throw new Error(loaded.message);
const loadedAt = performance.now();
const converted = convertDocument(loaded.document, conversionOptions());
if (!converted.ok) throw new Error(converted.message);
const convertedAt = performance.now();
const listed = converted.components.map((component) => component.listed);
let listBytes = 0;
for (const tool of listed) listBytes += Buffer.byteLength(JSON.stringify(tool)) + 1;
const listedAt = performance.now();
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
let listBytesWithoutOutputs = 0;
for (const { outputSchema: _, ...tool } of listed)
  listBytesWithoutOutputs += Buffer.byteLength(JSON.stringify(tool)) + 1;
const figures: ScaleFigures = {
  bytes: Buffer.byteLength(text),
  operations: converted.operationCount,
  components: converted.components.length,
  loadMs: Math.round(loadedAt - from),
  convertMs: Math.round(convertedAt - loadedAt),
  listMs: Math.round(listedAt - convertedAt),
  listBytes,
  listBytesWithoutOutputs,
  peakMb,
};
process.stdout.write(JSON.stringify(figures));
