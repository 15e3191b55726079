import type {} from 'vitest';
import type { TestProject } from 'vitest/node';

import { provideServer } from './provide-server.js';
import { startRedis } from './redis.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a Redis server for this test run; undefined where there is none. */
    redisUrl: string | undefined;
  }
}

/** A vitest `globalSetup`: one Redis for the project's test run, as `inject('redisUrl')`. */
export default function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  return provideServer('Redis', startRedis, (url) => {
    project.provide('redisUrl', url);
  });
}
