import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { CORE_SCHEMA, YAMLException, dump, load } from 'js-yaml';
import { MalformedBody } from './http.errors.js';

/** From this length on a text is parsed in a thread of its own, so that other requests don't wait for it. */
const threadFromLength = 256 * 1024;
const maxDepth = 200;
/** As if every alias were written out. */
const maxNodes = 5_000_000;

/** Where a YAML text stops being one. Never what stands there: errors repeat nothing that was sent. */
interface YamlFault {
  line?: number;
  column?: number;
}

/**
 * Parses YAML 1.2 (core schema: dates stay text, no merge keys).
 *
 * @throws MalformedBody with the place of the first fault; also for duplicate keys, several documents, and aliases that
 * multiply beyond reason
 */
export async function parseYaml(text: string): Promise<unknown> {
  const parsed = text.length < threadFromLength ? parseHere(text) : await parseInThread(text);
  if ('fault' in parsed) throw new MalformedBody(describeFault(parsed.fault));
  checkShape(parsed.value);
  return parsed.value;
}

/** Renders plain data as YAML. */
export function renderYaml(value: unknown): string {
  return dump(value, {
    schema: CORE_SCHEMA,
    noRefs: true,
    lineWidth: 120,
    skipInvalid: true,
  });
}

/** @throws MalformedBody where data is nested, or aliases multiply, beyond reason */
export function checkShape(value: unknown): void {
  const sizes = new Map<object, number>();
  const measure = (node: unknown, depth: number): number => {
    if (typeof node !== 'object' || node === null) return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    if (depth > maxDepth) throw new MalformedBody(`The body is nested more than ${maxDepth} levels deep.`);
    // Until it is known a node counts as endless, so that one that contains itself is refused.
    sizes.set(node, Number.POSITIVE_INFINITY);
    let size = 1;
    for (const child of Object.values(node)) size += measure(child, depth + 1);
    sizes.set(node, size);
    return size;
  };
  if (measure(value, 0) > maxNodes) throw new MalformedBody('The body is too large once its aliases are resolved.');
}

type Parsed = { value: unknown } | { fault: YamlFault };

function parseHere(text: string): Parsed {
  try {
    return { value: load(text, { schema: CORE_SCHEMA }) };
  } catch (error) {
    if (error instanceof RangeError) return { fault: {} };
    if (!(error instanceof YAMLException)) throw error;
    // The types say that a mark is always there; for some faults there is none.
    const mark = error.mark as typeof error.mark | undefined;
    return {
      fault: mark ? { line: mark.line + 1, column: mark.column + 1 } : {},
    };
  }
}

// As text, since a thread needs JavaScript, and this file is TypeScript while it is developed and tested.
const threadSource = `
const { parentPort, workerData } = require('node:worker_threads');
const { CORE_SCHEMA, YAMLException, load } = require(workerData.library);
try {
  parentPort.postMessage({ value: load(workerData.text, { schema: CORE_SCHEMA }) });
} catch (error) {
  if (!(error instanceof YAMLException) && !(error instanceof RangeError)) throw error;
  parentPort.postMessage({ fault: error.mark ? { line: error.mark.line + 1, column: error.mark.column + 1 } : {} });
}
`;

/** One at a time: a thread for a text at the limit takes some hundred megabytes. */
let threadQueue: Promise<unknown> = Promise.resolve();

function parseInThread(text: string): Promise<Parsed> {
  const parsed = threadQueue.then(
    () =>
      new Promise<Parsed>((resolve, reject) => {
        const library = createRequire(import.meta.url).resolve('js-yaml');
        const worker = new Worker(threadSource, {
          eval: true,
          workerData: { library, text },
        });
        worker.once('message', (message: Parsed) => resolve(message));
        worker.once('error', reject);
        worker.once('exit', () => reject(new Error('The YAML thread ended without an answer.')));
      }),
  );
  threadQueue = parsed.catch(() => undefined);
  return parsed;
}

function describeFault({ line, column }: YamlFault): string {
  const place = line === undefined ? '' : ` (line ${line}, column ${column ?? 1})`;
  return `The body is not valid YAML${place}.`;
}
