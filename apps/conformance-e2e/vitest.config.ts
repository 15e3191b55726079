import { projectConfig } from '../../vitest.shared.js';

export default projectConfig(import.meta.dirname, {
  test: { include: ['test/**/*.e2e.spec.ts'], testTimeout: 120_000, hookTimeout: 150_000 },
});
