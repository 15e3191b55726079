import { readFile } from 'node:fs/promises';
import type { StackState } from '@mcp-hub/stack';

/** What the tests know of the hub under test; the same for both forms. */
export interface HubUnderTest {
  form: 'split' | 'standalone';
  /** Where the current `StackState` is kept. */
  stateFile: string;
  /** A token with all rights. */
  token: string;
  /** The folder of module servers that entries name. */
  fixtures: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    hub: HubUnderTest;
  }
}

export async function readState(stateFile: string): Promise<StackState> {
  return JSON.parse(await readFile(stateFile, 'utf8')) as StackState;
}
