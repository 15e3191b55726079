import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { workspaceRoot } from '../workspace-root.js';

/** Where the converter gives something else than FastMCP, on purpose. */
export interface Difference {
  /** A rule of the corpus. */
  id: string;
  fastmcp: string;
  here: string;
  why: string;
}

export async function readDifferences(): Promise<Difference[]> {
  const file = join(workspaceRoot, 'libs/openapi-mcp/test/fastmcp-facts/differences.yaml');
  return parse(await readFile(file, 'utf8')) as Difference[];
}
