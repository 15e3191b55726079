import type { ServerListItem } from '@mcp-hub/application';
import { aServerRecord } from '@mcp-hub/application/testing';
import { ServerNotFound, type ServerFailure } from '@mcp-hub/domain';
import { beforeEach, expect, it } from 'vitest';
import { Banner, type BannerSource } from './banner.js';

type Status = ServerListItem['status'];

const failure: ServerFailure = {
  stage: 'loading',
  code: 'module_error',
  message: 'It has a\n\u001b[2Jmistake',
  remedy: 'Correct it.',
  since: '2026-01-01T00:00:00Z',
};

/** Servers as a hub has them, which a test changes. */
class FakeSource implements BannerSource {
  readonly statuses = new Map<string, Status>();
  private readonly listeners = new Set<(id: string) => void>();
  /** Called between the first server of a list and the second. */
  midway: () => void = () => undefined;

  async *everyServer(): AsyncGenerator<ServerListItem> {
    for (const [id, status] of [...this.statuses]) {
      yield { record: aServerRecord({ id }), status };
      this.midway();
      this.midway = () => undefined;
    }
  }
  async server(id: string): Promise<ServerListItem> {
    const status = this.statuses.get(id);
    if (!status) throw new ServerNotFound(id);
    return { record: aServerRecord({ id }), status };
  }
  onChange(listener: (id: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  set(id: string, status: Status['status'], more: Partial<Status> = {}): void {
    this.statuses.set(id, { status, ...more });
    this.tell(id);
  }
  tell(id: string): void {
    for (const listener of this.listeners) listener(id);
  }
}

let source: FakeSource;
let lines: string[];
let banner: Banner;
beforeEach(() => {
  source = new FakeSource();
  lines = [];
  const out = { write: (text: string) => lines.push(...text.split('\n').filter((line) => line.trim() !== '')) };
  banner = new Banner(out, source, { url: 'http://localhost:8080', name: 'Test Hub', version: '1.2.3' });
});

const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** The lines since the last call. */
const news = async (): Promise<string[]> => {
  await settled();
  return lines.splice(0);
};

const weather = 'http://localhost:8080/servers/weather/mcp';

it('shows where the hub is, each endpoint with its status, and what is disabled', async () => {
  source.set('weather', 'loading');
  source.set('github', 'disabled');
  source.set('everything', 'disabled');
  await banner.show();
  expect(await news()).toEqual([
    'Test Hub 1.2.3 runs at http://localhost:8080',
    `  loading   ${weather}`,
    '  disabled  github, everything: data/servers.yaml says what each needs',
  ]);
});

it('shows a server as it becomes healthy, with lines to copy for the first one only', async () => {
  source.set('weather', 'loading');
  source.set('other', 'loading');
  await banner.show();
  await news();
  source.set('weather', 'healthy');
  expect(await news()).toEqual([
    `  healthy   ${weather}`,
    '  See what is registered:  curl http://localhost:8080/v0/servers',
    `  For your MCP client:     {"mcpServers":{"weather":{"type":"http","url":"${weather}"}}}`,
    '  Stop with Ctrl+C.',
  ]);
  source.set('other', 'healthy');
  expect(await news()).toEqual(['  healthy   http://localhost:8080/servers/other/mcp']);
});

it('shows lines to copy after the list where a server is healthy already', async () => {
  source.set('weather', 'healthy');
  source.set('other', 'loading');
  await banner.show();
  expect((await news()).map((line) => line.trim().split(' ')[0])).toEqual([
    'Test',
    'healthy',
    'loading',
    'See',
    'For',
    'Stop',
  ]);
});

it('says why a server failed and what to do, on one line without control characters', async () => {
  source.set('weather', 'failed', { failure });
  await banner.show();
  expect((await news()).slice(1)).toEqual([`  failed    ${weather}`, '            It has a [2Jmistake. Correct it.']);
});

it('tells a status once, however often something about the server changes', async () => {
  source.set('weather', 'loading');
  await banner.show();
  await news();
  source.tell('weather');
  source.tell('weather');
  expect(await news()).toEqual([]);
});

it('tells what changed while it read the list', async () => {
  source.set('weather', 'loading');
  source.midway = () => source.set('weather', 'healthy');
  await banner.show();
  expect((await news()).slice(1, 3)).toEqual([`  loading   ${weather}`, `  healthy   ${weather}`]);
});

it('is silent about a server that comes disabled', async () => {
  await banner.show();
  await news();
  source.set('weather', 'disabled');
  expect(await news()).toEqual([]);
});

it('shows a server anew after it was deleted and published again', async () => {
  source.set('weather', 'healthy');
  await banner.show();
  source.statuses.delete('weather');
  source.tell('weather');
  await news();
  source.set('weather', 'healthy');
  expect(await news()).toEqual([`  healthy   ${weather}`]);
});

it('says how to publish where there are no servers', async () => {
  await banner.show();
  expect((await news())[1]).toContain('No servers yet. Publish one: curl http://localhost:8080/v0/publish');
});

it('is silent after it was closed', async () => {
  source.set('weather', 'loading');
  await banner.show();
  await news();
  banner.close();
  source.set('weather', 'healthy');
  expect(await news()).toEqual([]);
});
