import type { Readable, Writable } from 'node:stream';
import { ModernHttpTransport, StdioTransport, StreamableHttpTransport } from '@mcp-hub/mcp';
import type { HubAddress } from '../ask-hub.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { Bridge } from './bridge.js';
import { findEndpoint } from './find-endpoint.js';
import { HttpSender } from './http-sender.js';

export interface StdioCommandOptions extends HubAddress {
  id: string;
}

/** The streams of the process. Nothing but protocol goes to `stdout`. */
export interface BridgeStreams {
  stdin: Readable;
  stdout: Writable;
  stderr: { write(text: string): unknown };
}

/** For a server that is being loaded when the client starts. */
const waitMs = 60_000;

/**
 * `stdio ID`: bridges the client on standard streams to a server of the hub (gateway.md, "Endpoints"), in whichever era
 * the client speaks. Ends when the client closes its side.
 *
 * @returns the exit code; where it is not 0, a sentence about it went to `stderr`
 */
export async function stdioCommand({ id, ...hub }: StdioCommandOptions, streams: BridgeStreams): Promise<ExitCode> {
  const { stdin, stdout, stderr } = streams;
  const found = await findEndpoint(hub, id, waitMs);
  if (found.kind === 'failed') {
    stderr.write(`${found.reason}\n`);
    return found.exitCode;
  }
  const { url } = found;
  const sender = new HttpSender(hub.token);
  const onTrouble = (text: string): void => {
    stderr.write(`mcp-hub-registry: ${text}\n`);
  };
  const bridge = new Bridge({
    client: new StdioTransport({
      stdin: stdout,
      stdout: stdin,
      onGarbage: () => onTrouble('The client sent something that is no JSON-RPC message; it was left out.'),
    }),
    connect: (era) =>
      era === 'modern'
        ? new ModernHttpTransport({ url, send: sender.send })
        : new StreamableHttpTransport({ url, send: sender.send }),
    onTrouble,
  });
  try {
    await bridge.run();
  } finally {
    sender.close();
  }
  return exitCodes.done;
}
