import { projectConfig } from '../../../vitest.shared.js';

export default projectConfig(import.meta.dirname, {
  test: { globalSetup: ['../../../tools/test-servers/src/vitest-mongo.ts'] },
});
