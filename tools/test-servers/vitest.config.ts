import { projectConfig } from '../../vitest.shared.js';
import type {} from './src/vitest-mongo.js';
import type {} from './src/vitest-redis.js';

export default projectConfig(import.meta.dirname, {
  test: {
    globalSetup: ['./src/vitest-redis.ts', './src/vitest-mongo.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
