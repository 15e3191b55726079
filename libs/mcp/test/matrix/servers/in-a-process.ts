import { spawn } from 'node:child_process';
import type { RawTransport } from '../../../src/backends/raw-transport.js';
import { StdioTransport } from '../../../src/backends/stdio-transport.js';
import { compiled } from './compiled.js';

/** To a server that belongs to a test. */
export interface Connection {
  transport: RawTransport;
  /** Ends the server. */
  end(): Promise<void>;
}

/** Starts a server of these tests as a process of its own. @param main below `test` */
export function inAProcess(main: string, ...args: string[]): Connection {
  const child = spawn(process.execPath, [compiled(main), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    transport: new StdioTransport({ stdin: child.stdin, stdout: child.stdout }),
    end: async () => {
      child.kill();
      await exited;
    },
  };
}
