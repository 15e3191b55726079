import { readFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { parse as parseToml, TomlError } from 'smol-toml';
import { parseDocument } from 'yaml';
import { interpolate } from './interpolate.js';
import { nearestName } from './nearest-name.js';
import { isRecord } from './parsed.js';
import { settings, type Setting } from './settings.js';

/** A value given for a setting, before its type is looked at. */
export interface Given {
  value: unknown;
  /** For messages and `describeConfig`. */
  origin: string;
  /** To be read as text from the environment is. */
  isText: boolean;
  /** What relative paths count from. */
  folder: string;
}

export interface FileContent {
  path?: string;
  given: Map<Setting, Given>;
  /** The variables that the file refers to. */
  used: string[];
  problems: string[];
}

const names = ['config.yaml', 'config.yml', 'config.toml'];

/** Reads the configuration file: the one that is named, else `config.yaml`, `.yml` or `.toml` in `cwd`, else none. */
export function readConfigFile(
  named: string | undefined,
  cwd: string,
  variables: Readonly<Record<string, string>>,
): FileContent {
  const content: FileContent = { given: new Map(), used: [], problems: [] };
  for (const path of named === undefined ? names.map((name) => join(cwd, name)) : [resolve(cwd, named)]) {
    const text = readText(path);
    if (text === undefined) continue;
    content.path = path;
    const label = labelOf(path, cwd);
    const parsed = parseText(path, text);
    if ('problem' in parsed) content.problems.push(`${label}: ${parsed.problem}`);
    else collect(parsed.value, { label, folder: dirname(path), variables }, content);
    return content;
  }
  if (named !== undefined) content.problems.push(`${named}: the configuration file is not there, or cannot be read`);
  return content;
}

function labelOf(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside.startsWith('..') ? path : inside;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there is normal for the names that are tried; a named file that can't be read is reported by the caller.
    return undefined;
  }
}

function parseText(path: string, text: string): { value: unknown } | { problem: string } {
  if (extname(path) === '.toml') {
    try {
      return { value: parseToml(text) };
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      return {
        problem: `is not valid TOML (line ${error.line}, column ${error.column})`,
      };
    }
  }
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    const place = error.linePos ? ` (line ${error.linePos[0].line}, column ${error.linePos[0].col})` : '';
    return { problem: `is not valid YAML${place}` };
  }
  return { value: document.toJS({ maxAliasCount: 100 }) as unknown };
}

const byKey = new Map(
  settings.flatMap((setting) => [setting.key, ...(setting.aliases ?? [])].map((key) => [key, setting])),
);
const sections = new Set(
  [...byKey.keys()].filter((key) => key.includes('.')).map((key) => key.slice(0, key.indexOf('.'))),
);

function collect(
  root: unknown,
  {
    label,
    folder,
    variables,
  }: {
    label: string;
    folder: string;
    variables: Readonly<Record<string, string>>;
  },
  content: FileContent,
): void {
  if (root === null || root === undefined) return;
  if (!isRecord(root)) {
    content.problems.push(`${label}: must be a map of settings`);
    return;
  }
  const take = (key: string, value: unknown, siblings: readonly string[]): void => {
    const setting = byKey.get(key);
    if (!setting) {
      const near = nearestName(key, siblings) ?? nearestName(key, byKey.keys());
      content.problems.push(`${label}: ${key}: there is no such setting${near ? `; did you mean ${near}?` : ''}`);
      return;
    }
    if (value === null || value === undefined) return;
    const filled = interpolate(value, variables);
    content.used.push(...filled.used);
    content.problems.push(...filled.problems.map((problem) => `${label}: ${key}: ${problem}`));
    // One sentence about a value is enough: what a missing variable leaves behind is not judged too.
    if (filled.problems.length > 0) return;
    content.given.set(setting, {
      value: filled.value,
      origin: label,
      isText: filled.used.length > 0,
      folder,
    });
  };
  for (const [key, value] of Object.entries(root)) {
    if (!sections.has(key)) {
      take(key, value, [...sections]);
    } else if (isRecord(value)) {
      const siblings = [...byKey.keys()].filter((known) => known.startsWith(`${key}.`));
      for (const [field, item] of Object.entries(value)) take(`${key}.${field}`, item, siblings);
    } else if (value !== null) {
      content.problems.push(`${label}: ${key}: must be a map`);
    }
  }
}
