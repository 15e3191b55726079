import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackState } from '@mcp-hub/stack';
import { Program, type ProgramOptions } from './program.js';

/** A stack that is ready, with what it printed. */
export interface RunningStack {
  program: Program;
  printed: StackState;
  /** What its state file holds now; undefined where there is none. */
  state(): Promise<StackState | undefined>;
  /** Ends it in order, and removes its state file. */
  end(): Promise<void>;
}

export async function startStack(
  args: readonly string[],
  env: NonNullable<ProgramOptions['env']> = {},
): Promise<RunningStack> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-stack-e2e-'));
  const file = join(folder, 'state.json');
  const program = Program.start('stack', { args: [...args, '--state', file], env });
  const line = await program.printed(/\n/, 120_000);
  return {
    program,
    printed: JSON.parse(line) as StackState,
    state: async () => {
      try {
        return JSON.parse(await readFile(file, 'utf8')) as StackState;
      } catch (error) {
        if (error instanceof SyntaxError) throw error;
        return undefined;
      }
    },
    end: async () => {
      program.signal('SIGTERM');
      await program.ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function servicesOf({ apis, gateways, workers }: StackState): StackState['apis'] {
  return [...apis, ...gateways, ...workers];
}
