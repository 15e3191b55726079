import { mergeConfig, type ViteUserConfig } from 'vitest/config';

const conditions = ['@mcp-hub/source', 'module', 'node', 'development|production'];

/**
 * The Vitest configuration that every project starts from: tests run from TypeScript source, with the decorator
 * metadata that Nest needs, and leave their verdict in `test-output/results.json` for `npm test` to sum.
 *
 * @param root the project's folder (`import.meta.dirname`)
 * @param overrides what this project needs besides, such as a `globalSetup` that starts servers
 */
export function projectConfig(root: string, overrides: ViteUserConfig = {}): ViteUserConfig {
  const shared: ViteUserConfig = {
    root,
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
    test: {
      // Vitest adds up the patterns of a configuration and of the projects in it, which have patterns of their own.
      include: overrides.test?.projects ? [] : ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
      environment: 'node',
      passWithNoTests: true,
      reporters: ['default', 'json'],
      outputFile: { json: 'test-output/results.json' },
      restoreMocks: true,
      unstubEnvs: true,
    },
  };
  return mergeConfig(shared, overrides) as ViteUserConfig;
}
