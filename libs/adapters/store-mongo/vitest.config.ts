import { projectConfig } from '../../../vitest.shared.js';

export default projectConfig(import.meta.dirname, {
  test: { globalSetup: ['@mcp-hub/test-servers/vitest-mongo'] },
});
