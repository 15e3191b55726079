import { projectConfig } from '../../../vitest.shared.js';

export default projectConfig(import.meta.dirname, {
  test: { globalSetup: ['../../../tools/test-servers/src/vitest-redis.ts'], testTimeout: 20_000, hookTimeout: 20_000 },
});
