import { projectConfig } from '../../vitest.shared.js';

/** Each file starts many processes of its own: one file at a time. */
export default projectConfig(import.meta.dirname, {
  test: { fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000 },
});
