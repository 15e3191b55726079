import { parseArgs } from 'node:util';

export interface StackOptions {
  apis: number;
  workers: number;
  gateways: number;
  /** Keeps the same JSON as is printed, current. */
  stateFile?: string;
  /** Starts a service that died again, with its id and URL. */
  respawn: boolean;
}

export const usage = `Usage: npm run stack -- [--apis N] [--workers N] [--gateways N] [--state FILE] [--respawn]
Starts Redis, a MongoDB server and the services on free ports of this machine; prints one JSON line when all are ready.`;

/** @throws TypeError with one sentence where an argument is not right */
export function readStackOptions(args: readonly string[]): StackOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      apis: { type: 'string', default: '1' },
      workers: { type: 'string', default: '1' },
      gateways: { type: 'string', default: '1' },
      state: { type: 'string' },
      respawn: { type: 'boolean', default: false },
    },
  });
  return {
    apis: count('--apis', values.apis),
    workers: count('--workers', values.workers),
    gateways: count('--gateways', values.gateways),
    respawn: values.respawn,
    ...(values.state === undefined ? {} : { stateFile: values.state }),
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 16) throw new TypeError(`${name} takes a number from 1 to 16.`);
  return value;
}
