import { expect, inject, it, vi } from 'vitest';

import { prepareServers } from './prepare-servers.js';

it.skipIf(inject('redisUrl') === undefined || inject('mongoUrl') === undefined)(
  'finds nothing missing where the servers can be started',
  async () => {
    expect(await prepareServers(() => undefined)).toEqual({ redis: undefined, mongo: undefined });
  },
);

it('gives the reason for each server that cannot be had', async () => {
  vi.stubEnv('PATH', '');
  vi.stubEnv('JAVA_HOME', undefined);
  vi.stubEnv('MONGODB_TEST_URI', undefined);
  vi.stubEnv('HUB_TEST_MONGO_DOWNLOAD', undefined);
  const { redis, mongo } = await prepareServers(() => undefined);
  expect(redis).toContain('Install Redis');
  expect(mongo).toContain('Install a MongoDB server');
});
