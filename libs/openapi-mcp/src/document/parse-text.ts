import { CORE_SCHEMA, loadAll, Type, YAMLException, type LoadOptions } from 'js-yaml';
import { maxDepth } from './check-shape.js';

export type ParsedText = { ok: true; value: unknown; syntax: 'json' | 'yaml' } | { ok: false; message: string };

/** Merge keys are YAML 1.1's, and in wide use; what else that version had (dates, `yes`, `on`) stays text. */
const mergeKey = new Type('tag:yaml.org,2002:merge', {
  kind: 'scalar',
  resolve: (data: unknown) => data === '<<' || data === null,
});

/** A tag says nothing that a document would need: its value is taken as it is. */
const anyTag = (['!', 'tag:'] as const).flatMap((tag) =>
  (['scalar', 'sequence', 'mapping'] as const).map(
    (kind) => new Type(tag, { kind, multi: true, construct: (data: unknown) => data }),
  ),
);

const options: LoadOptions & { maxDepth: number; maxTotalMergeKeys: number } = {
  schema: CORE_SCHEMA.extend({ implicit: [mergeKey], explicit: anyTag }),
  // As with JSON, the last of several equal keys counts.
  json: true,
  maxDepth,
  maxTotalMergeKeys: 1_000_000,
};

/**
 * Reads JSON or YAML text: JSON first, since that takes a tenth of the time; of several YAML documents the first one
 * that is not empty.
 *
 * @returns a message that names the line and the reason where it is neither; never throws
 */
export function parseText(source: string): ParsedText {
  const text = source.replace(/^\uFEFF/, '');
  if (text.trim() === '') return { ok: false, message: 'It is empty.' };
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) return { ok: false, message: 'It is an HTML or XML page.' };
  try {
    return { ok: true, value: JSON.parse(text), syntax: 'json' };
  } catch (error) {
    const parsed = parseYaml(text);
    if (parsed.ok || !/^\s*[{[]/.test(text)) return parsed;
    // What begins as JSON was meant as JSON; the YAML parser's complaint would mislead.
    return { ok: false, message: jsonFault(error, text) ?? parsed.message };
  }
}

function parseYaml(text: string): ParsedText {
  try {
    const documents = loadAll(text, null, options);
    const value = documents.find((document) => document !== null && document !== undefined) ?? null;
    return { ok: true, value, syntax: 'yaml' };
  } catch (error) {
    if (error instanceof YAMLException) return { ok: false, message: yamlFault(error) };
    if (error instanceof RangeError) return { ok: false, message: 'It is nested too deeply to be read.' };
    // The parser's own slips on hostile text; what they say helps nobody.
    if (error instanceof TypeError) return { ok: false, message: 'It is neither JSON nor YAML.' };
    throw error;
  }
}

function yamlFault(error: YAMLException): string {
  // The types say that a mark is always there; for some faults there is none.
  const mark = error.mark as typeof error.mark | undefined;
  const place = mark ? `line ${mark.line + 1}, column ${mark.column + 1}: ` : '';
  return `It is neither JSON nor YAML: ${place}${error.reason.slice(0, 200)}.`;
}

/** @returns undefined where the parser does not tell where it stopped */
function jsonFault(error: unknown, text: string): string | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const isCutOff = /^Unexpected end|^Unterminated/.test(error.message);
  const named = /position (\d+)/.exec(error.message)?.[1];
  const position = named === undefined ? (isCutOff ? text.length : undefined) : Number(named);
  if (position === undefined) return undefined;
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - (before.lastIndexOf('\n') + 1) + 1;
  // What the engine quotes from the text may be long, and secret.
  const reason = error.message.replace(/ (?:in JSON )?at position.*$/s, '').replace(/, (?:"|\.\.\.).*$/s, '');
  return `It is neither JSON nor YAML: line ${line}, column ${column}: ${reason}.`;
}
