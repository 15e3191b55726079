import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Closers } from '../legs/closers.js';
import { echoModule, mcpPath } from '../legs/hub-entries.js';
import { startStandalone, type RunningStandalone } from '../legs/start-standalone.js';
import { failureOf } from '../load/answer-check.js';
import { exchange } from '../load/exchange.js';
import { echoTool, type Target } from '../load/target.js';
import { listRequest, modernCall } from '../load/wire-requests.js';
import { askProbe, probeEnvironment } from '../probes.js';
import type { EventLoopDelay } from '../probes/event-loop-probe.js';
import type { EventLoopPhase } from './event-loop-report.js';

const neighbour = 'bench-neighbour';
const document = 'bench-document';
const betweenCallsMs = 20;
const restMs = 3_000;
const listings = 5;

/**
 * Calls a module server of a standalone hub all the time, while an OpenAPI document is loaded beside it and its tools are
 * listed, and asks the hub's process how late its timers ran.
 *
 * @param file a JSON or YAML document; it is fetched from a server of this process
 * @param folder for what the probe writes
 */
export async function runEventLoop(
  file: string,
  folder: string,
  tell: (line: string) => void,
): Promise<EventLoopPhase[]> {
  const closers = new Closers();
  try {
    const url = await serveFile(await readFile(file), closers);
    const hub = await startStandalone({
      ...probeEnvironment('event-loop-probe', folder),
      MCP_REGISTRY_LOADER_TIMEOUT: '120',
    });
    closers.add(() => hub.close());
    await hub.api.publish(echoModule(neighbour));
    await hub.api.whenHealthy(neighbour);
    let asked = 0;
    const ask = (): Promise<EventLoopDelay> => {
      asked += 1;
      return askProbe<EventLoopDelay>(hub.pid, asked, folder);
    };
    const phase = async (title: string, work: () => Promise<void>): Promise<EventLoopPhase> => {
      tell(title);
      await ask();
      const startedAt = performance.now();
      const calls = await whileCalling(hub, work);
      const durationMs = performance.now() - startedAt;
      return { title, durationMs, delay: await ask(), calls };
    };
    await whileCalling(hub, () => delay(restMs / 3));
    const phases = [await phase('nothing else happens', () => delay(restMs))];
    const entry = { id: document, name: document, description: '', openapi_config: { url } };
    phases.push(
      await phase('the document is loaded', () => hub.api.publish(entry)),
      await phase(`its tools are listed ${listings} times`, () => listTools(hub)),
      await phase('a second entry loads the same document', () => hub.api.publish({ ...entry, id: `${document}-2` })),
    );
    return phases;
  } finally {
    await closers.close();
  }
}

async function whileCalling(hub: RunningStandalone, work: () => Promise<void>): Promise<EventLoopPhase['calls']> {
  const target: Target = { port: hub.port, path: mcpPath(neighbour), dialect: 'modern', call: echoTool() };
  const request = modernCall(target);
  const times: number[] = [];
  let failed = 0;
  const over = new AbortController();
  const calling = (async () => {
    while (!over.signal.aborted) {
      const startedAt = performance.now();
      const answer = await exchange(hub.port, request.next());
      times.push(performance.now() - startedAt);
      if (failureOf(answer, request.id, target.call) !== undefined) failed += 1;
      await delay(betweenCallsMs);
    }
  })();
  try {
    await work();
  } finally {
    over.abort();
    await calling;
  }
  times.sort((one, other) => one - other);
  return {
    count: times.length,
    failed,
    median: times[Math.floor(times.length / 2)] ?? 0,
    max: times.at(-1) ?? 0,
  };
}

/** @throws Error where a list is not what it has to be */
async function listTools(hub: RunningStandalone): Promise<void> {
  for (let count = 0; count < listings; count += 1) {
    const answer = await exchange(hub.port, listRequest({ port: hub.port, path: mcpPath(document) }));
    const text = answer.body.toString();
    if (answer.status !== 200 || !text.includes('"inputSchema"'))
      throw new Error(`${answer.status}: ${text.slice(0, 300)}`);
  }
}

async function serveFile(content: Buffer, closers: Closers): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.add(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/openapi`;
}
