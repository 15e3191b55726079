import { projectConfig } from '../../vitest.shared.js';

/** `failover` is the split form alone: its tests kill and stop what only that form has. Restarts and kills are part of the tests, and the forms are the same tests twice: one file at a time. */
const forms = ['split', 'standalone'].map((form) => ({
  extends: true as const,
  test: {
    name: form,
    include: ['test/**/*.e2e.spec.ts'],
    globalSetup: [`./src/setup-${form}.ts`],
  },
}));

export default projectConfig(import.meta.dirname, {
  test: {
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      ...forms,
      { extends: true, test: { name: 'failover', include: ['test/**/*.failover.spec.ts'] } },
      { extends: true, test: { name: 'requirements', include: ['test/**/*.gate.spec.ts'] } },
    ],
  },
});
