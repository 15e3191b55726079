import type { TestProject } from 'vitest/node';
import { installSources, SourcesUnavailable } from '../src/install-sources.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the packages; undefined where they can't be had. */
    corpusFolder: string | undefined;
  }
}

/**
 * Has the packages with the documents there before the tests. Where they can't be had, a developer's run goes on without
 * the tests that need them, with one line on standard error; with CI=true it fails.
 */
export default async function setup(project: TestProject): Promise<void> {
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    project.provide('corpusFolder', await installSources(tell));
  } catch (error) {
    if (!(error instanceof SourcesUnavailable) || process.env['CI'] === 'true') throw error;
    tell(`SKIPPING every test that needs real documents: ${error.message}`);
    project.provide('corpusFolder', undefined);
  }
}
