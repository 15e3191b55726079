import { readFile } from 'node:fs/promises';
import { migrateEntry, type Issue } from '@mcp-hub/domain';
import { parse, stringify, YAMLParseError } from 'yaml';
import { exitCodes, type ExitCode } from './exit-codes.js';
import type { Terminal } from './status.js';

/**
 * `migrate FILE`: the entries of a file as older registries wrote them in today's form on `out`, and what was moved on
 * `err` (hub-api.md, section 4). The file is one entry, a list, or has its entries under `servers`, and is answered in
 * the same form: JSON for a `.json` file, else YAML.
 *
 * @param now RFC 3339
 * @returns `failed` where an entry can't be published even so; what was migrated is written all the same
 */
export async function migrateCommand(file: string, now: string, { out, err }: Terminal): Promise<ExitCode> {
  const read = await readEntries(file);
  if (!read.ok) {
    err.write(`${read.reason}\n`);
    return read.exitCode;
  }
  const migrated = read.entries.map((entry, index) => {
    const { entry: moved, warnings, issues } = migrateEntry(entry, { now });
    const name = nameOf(entry) ?? `entry ${index + 1}`;
    for (const issue of warnings) err.write(`${lineOf(name, issue)}\n`);
    for (const issue of issues) err.write(`${lineOf(name, issue)} (it can't be published like this)\n`);
    return { moved, isFine: issues.length === 0 };
  });
  const document = read.inTheirForm(migrated.map(({ moved }) => moved));
  out.write(/\.json$/i.test(file) ? `${JSON.stringify(document, null, 2)}\n` : stringify(document));
  return migrated.every(({ isFine }) => isFine) ? exitCodes.done : exitCodes.failed;
}

type ReadEntries =
  | { ok: true; entries: readonly unknown[]; inTheirForm: (entries: unknown[]) => unknown }
  | { ok: false; reason: string; exitCode: ExitCode };

async function readEntries(file: string): Promise<ReadEntries> {
  let document: unknown;
  try {
    document = parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof YAMLParseError) {
      const [line = ''] = error.message.split('\n');
      return { ok: false, reason: `${file} is neither YAML nor JSON: ${line}`, exitCode: exitCodes.failed };
    }
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return { ok: false, reason: `There is no file ${file}.`, exitCode: exitCodes.notFound };
    if (typeof code !== 'string') throw error;
    return { ok: false, reason: `${file} can't be read: ${code}.`, exitCode: exitCodes.failed };
  }
  if (Array.isArray(document)) return { ok: true, entries: document as unknown[], inTheirForm: (entries) => entries };
  if (isRecord(document) && Array.isArray(document['servers'])) {
    const rest = document;
    const servers = document['servers'] as unknown[];
    return { ok: true, entries: servers, inTheirForm: (entries) => ({ ...rest, servers: entries }) };
  }
  if (isRecord(document)) return { ok: true, entries: [document], inTheirForm: ([entry]) => entry };
  const reason = `${file} holds no entries: it must be one, a list of them, or have them under "servers".`;
  return { ok: false, reason, exitCode: exitCodes.failed };
}

function lineOf(name: string, { path, message }: Issue): string {
  return [name, path, message].filter((part) => part !== '').join(': ');
}

function nameOf(entry: unknown): string | undefined {
  if (!isRecord(entry)) return undefined;
  const { id, name } = entry;
  return [id, name].find((word) => typeof word === 'string' && word !== '') as string | undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
