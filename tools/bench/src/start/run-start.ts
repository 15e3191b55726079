import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startMongo, startRedis, waitUntil } from '@mcp-hub/test-servers';
import { Closers } from '../legs/closers.js';
import { echoModule, mcpPath } from '../legs/hub-entries.js';
import { hubSettings } from '../legs/hub-settings.js';
import { failureOf } from '../load/answer-check.js';
import { exchange } from '../load/exchange.js';
import { echoTool, type Target } from '../load/target.js';
import { modernCall } from '../load/wire-requests.js';
import { cleanEnvironment, NodeChild, workspaceRoot } from '../node-child.js';
import type { StartTimes } from './start-report.js';

const serverId = 'bench-module';
const answersWithinMs = 60_000;
const betweenCallsMs = 5;

/** Starts each form with an empty database and a seed file that has a module server, over and over. */
export async function runStart(runs: number, report: (line: string) => void): Promise<StartTimes[]> {
  const closers = new Closers();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'mcp-hub-bench-start-'));
    closers.add(() => rm(folder, { recursive: true, force: true }));
    const seed = join(folder, 'servers.json');
    await writeFile(seed, JSON.stringify({ servers: [echoModule(serverId)] }));
    const env = {
      ...cleanEnvironment(),
      ...hubSettings,
      MCP_REGISTRY_SEED_IMPORT_ON_STARTUP: 'true',
      MCP_REGISTRY_SEED_FILE_PATH: seed,
    };
    const starts: StartTimes[] = [];
    starts.push({ form: 'standalone', times: await repeat(runs, 'standalone', report, () => startWhole(env)) });
    const mongo = await startMongo();
    closers.add(() => mongo.stop());
    starts.push({
      form: 'split',
      times: await repeat(runs, 'split', report, (run) => startSplit(env, mongo.url, run)),
    });
    return starts;
  } finally {
    await closers.close();
  }
}

async function repeat(
  runs: number,
  form: string,
  report: (line: string) => void,
  once: (run: number) => Promise<number>,
): Promise<number[]> {
  const times: number[] = [];
  for (let run = 1; run <= runs; run++) {
    times.push(await once(run));
    report(`${form}, run ${run}: ${times.at(-1) ?? 0} ms`);
  }
  return times;
}

async function startWhole(env: Readonly<Record<string, string>>): Promise<number> {
  const closers = new Closers();
  try {
    const cwd = await mkdtemp(join(tmpdir(), 'mcp-hub-bench-start-'));
    closers.add(() => rm(cwd, { recursive: true, force: true }));
    const port = await freePort();
    const startedAt = performance.now();
    start(closers, 'standalone', cwd, { ...env, MCP_REGISTRY_API_PORT: String(port) });
    return await firstAnswer(port, startedAt);
  } finally {
    await closers.close();
  }
}

/** The three services at the same time, with a Redis and a database that are there and empty. */
async function startSplit(env: Readonly<Record<string, string>>, mongoUrl: string, run: number): Promise<number> {
  const closers = new Closers();
  try {
    const redis = await startRedis();
    closers.add(() => redis.stop());
    const cwd = await mkdtemp(join(tmpdir(), 'mcp-hub-bench-start-'));
    closers.add(() => rm(cwd, { recursive: true, force: true }));
    const [api, gateway, worker] = [await freePort(), await freePort(), await freePort()];
    const shared = {
      ...env,
      MCP_REGISTRY_CLUSTER_SECRET: randomBytes(32).toString('base64'),
      MCP_REGISTRY_SECRETS_KEY: randomBytes(32).toString('base64'),
      MCP_REGISTRY_DATABASE_TYPE: 'mongodb',
      MCP_REGISTRY_DATABASE_URL: mongoUrl,
      MCP_REGISTRY_DATABASE_DATABASE_NAME: `bench_start_${process.pid}_${run}`,
      MCP_REGISTRY_QUEUE_TYPE: 'redis',
      MCP_REGISTRY_QUEUE_URL: redis.url,
      MCP_REGISTRY_LOADER_CACHE_DIR: join(cwd, 'cache'),
      MCP_REGISTRY_API_PORT: String(api),
      MCP_REGISTRY_GATEWAY_PORT: String(gateway),
      MCP_REGISTRY_WORKER_HOST: '127.0.0.1',
      MCP_REGISTRY_WORKER_PORT: String(worker),
    };
    const startedAt = performance.now();
    for (const app of ['registry-api', 'loader-worker', 'runtime-gateway']) start(closers, app, cwd, shared);
    return await firstAnswer(gateway, startedAt);
  } finally {
    await closers.close();
  }
}

function start(closers: Closers, app: string, cwd: string, env: Readonly<Record<string, string>>): void {
  const child = NodeChild.start(join(workspaceRoot, 'apps', app, 'dist/main.js'), { cwd, env });
  closers.add(() => child.stop());
}

/** Calls until a call is answered. @returns milliseconds since `startedAt` @throws WaitTimedOut */
async function firstAnswer(port: number, startedAt: number): Promise<number> {
  const target: Target = { port, path: mcpPath(serverId), dialect: 'modern', call: echoTool() };
  const request = modernCall(target);
  await waitUntil(async () => failureOf(await exchange(port, request.next()), request.id, target.call) === undefined, {
    timeoutMs: answersWithinMs,
    intervalMs: betweenCallsMs,
    describe: `${serverId} answers`,
  });
  return Math.round(performance.now() - startedAt);
}
