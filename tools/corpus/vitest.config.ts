import { projectConfig } from '../../vitest.shared.js';

export default projectConfig(import.meta.dirname, {
  test: { globalSetup: ['./test/corpus-documents.ts', './test/compiled-thread.ts'], hookTimeout: 900_000 },
});
