import { DependencyUnavailable } from '@mcp-hub/domain';
import { expect, it } from 'vitest';
import { createLogger } from './create-logger.js';
import { NestLogger } from './nest-logger.js';

function logger(level: 'debug' | 'info' | 'silent' = 'info') {
  const lines: string[] = [];
  const log = createLogger({
    level,
    name: 'registry-api',
    destination: { write: (line: string) => void lines.push(line) },
  });
  return {
    log,
    lines,
    parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

it('writes one JSON object a line with event, level, service and fields', () => {
  const { log, parsed } = logger();
  log.info('server.loaded', { serverId: 'weather', durationMs: 12 });
  expect(parsed()).toEqual([
    expect.objectContaining({
      level: 'info',
      name: 'registry-api',
      event: 'server.loaded',
      serverId: 'weather',
      durationMs: 12,
    }),
  ]);
  expect(parsed()[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
});

it('leaves out what is below the level', () => {
  const { log, lines } = logger();
  log.debug('request.seen');
  expect(lines).toEqual([]);
});

it('writes nothing when silent', () => {
  const { log, lines } = logger('silent');
  log.error('service.crashed');
  expect(lines).toEqual([]);
});

it('writes no secret, wherever it stands', () => {
  const { log, lines } = logger();
  const error = new Error('connect to mongodb://user:hunter2@db failed', {
    cause: new Error('header was Bearer hunter2hunter2'),
  });
  log.error('anything', {
    error,
    headers: { Authorization: 'Bearer hunter2hunter2', cookie: 'id=hunter2' },
    authToken: 'hunter2',
    deep: [{ config: { client_secret: 'hunter2', apiKey: { value: 'hunter2' } } }],
    url: 'redis://:hunter2@queue/0',
    text: 'sent Basic aHVudGVyMjpodW50ZXIy to it',
  });
  expect(lines[0]).not.toMatch(/hunter2|aHVudGVyMj/);
  expect(lines[0]).toContain('mongodb://user:***@db');
});

it('keeps what only sounds like a secret: counts and flags', () => {
  const { log, parsed } = logger();
  log.info('tools.listed', { toolTokens: 812, hasToken: true });
  expect(parsed()[0]).toMatchObject({ toolTokens: 812, hasToken: true });
});

it('writes an error with its code and cause', () => {
  const { log, parsed } = logger();
  log.error('store.failed', {
    error: new DependencyUnavailable('database', {
      cause: new Error('refused'),
    }),
  });
  expect(parsed()[0]?.['error']).toMatchObject({
    name: 'DependencyUnavailable',
    code: 'dependency_unavailable',
    cause: { message: 'refused' },
  });
});

it('survives fields that contain themselves', () => {
  const { log, parsed } = logger();
  const loop: Record<string, unknown> = { a: 1 };
  loop['self'] = loop;
  log.info('odd', { loop });
  expect(parsed()[0]?.['loop']).toEqual({ a: 1, self: '…' });
});

it('takes what Nest says, its chatter only for debugging', () => {
  const { log, parsed } = logger('info');
  const nest = new NestLogger(log);
  nest.log('Mapped {/v0/servers, GET} route', 'RouterExplorer');
  nest.warn('careful', 'Router');
  nest.error(new Error('bad'));
  expect(parsed()).toEqual([
    expect.objectContaining({
      level: 'warn',
      event: 'nest.warning',
      message: 'careful',
      context: 'Router',
    }),
    expect.objectContaining({ level: 'error', event: 'nest.error' }),
  ]);
});
