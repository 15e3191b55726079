import { projectConfig } from '../../vitest.shared.js';

export default projectConfig(import.meta.dirname, { test: { globalSetup: ['./test/compiled-thread.ts'] } });
