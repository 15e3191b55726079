import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A component as both sides are compared by. */
export interface ComponentFacts {
  kind: string;
  name: string;
  uri?: string;
  tags: string[];
}

/** What FastMCP gave for one document and configuration; `listed` counts what its lists still show, by kind. */
export interface FastMcpAnswer {
  components: Record<string, ComponentFacts>;
  listed: Record<string, number>;
}

export interface ParityCase {
  /** As in facts.json. */
  key: string;
  document: unknown;
  config: Record<string, unknown>;
  /** By operation (`GET /things`): ids of the differences that explain why the answers are not equal. */
  differences: Record<string, string[]>;
}

export interface Difference {
  /** A rule of openapi-to-mcp.md by its id in corpus/rules.yaml, or what it follows from. */
  id: string;
  fastmcp: string;
  here: string;
  why: string;
}

interface CaseFile {
  document?: unknown;
  document_file?: string;
  configurations: { title: string; config: Record<string, unknown>; differences?: Record<string, string[]> }[];
}

const folder = import.meta.dirname;

function read(...path: string[]): string {
  return readFileSync(join(folder, ...path), 'utf8');
}

export function readCases(): ParityCase[] {
  return readdirSync(join(folder, 'cases'))
    .sort()
    .flatMap((name) => {
      const { document, document_file, configurations } = parse(read('cases', name)) as CaseFile;
      const whole: unknown = document_file === undefined ? document : JSON.parse(read('documents', document_file));
      return configurations.map(({ title, config, differences = {} }) => ({
        key: `${name.replace(/\.yaml$/, '')}: ${title}`,
        document: whole,
        config,
        differences,
      }));
    });
}

export function readFacts(): { fastmcp: string; answers: Record<string, FastMcpAnswer> } {
  return JSON.parse(read('facts.json')) as ReturnType<typeof readFacts>;
}

export function readDifferences(): Difference[] {
  return parse(read('differences.yaml')) as Difference[];
}
