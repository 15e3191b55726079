import type {} from 'vitest';
import type { TestProject } from 'vitest/node';

import { provideServer } from './provide-server.js';
import { startMongo } from './mongo.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a MongoDB server for this test run, without a database name; undefined where there is none. */
    mongoUrl: string | undefined;
  }
}

/** A vitest `globalSetup`: one MongoDB for the project's test run, as `inject('mongoUrl')`. */
export default function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  return provideServer('MongoDB', startMongo, (url) => {
    project.provide('mongoUrl', url);
  });
}
