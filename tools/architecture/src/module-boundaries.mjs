import { listProjects } from '@mcp-hub/bootstrap/workspace';
import { bannedPackages, exceptions, layerOfFolder, layers, testPackages, testsMayImport } from './layers.mjs';

/** @typedef {import('./layers.mjs').Layer} Layer */

/**
 * The ESLint configurations that put the table of layers into force through `@nx/enforce-module-boundaries`.
 *
 * @param {string[]} testCode globs of the files to which the rules for test code apply
 */
export function moduleBoundaries(testCode) {
  const everywhere = [
    { files: ['**/*.{ts,mjs}'], rules: boundaryRule({ isTest: false }) },
    { files: testCode, rules: boundaryRule({ isTest: true }) },
  ];
  const forOneProject = exceptions.flatMap((exception) => {
    const root = listProjects().find(({ name }) => name === exception.from)?.root;
    return root === undefined
      ? []
      : [
          {
            files: [`${root}/**/*.ts`],
            rules: boundaryRule({ isTest: false, exception }),
          },
          {
            files: testCode.map((glob) => glob.replace('*', root)),
            rules: boundaryRule({ isTest: true, exception }),
          },
        ];
  });
  return [...everywhere, ...forOneProject];
}

/**
 * Globs of the source files in some layers.
 *
 * @param {Layer[]} some
 */
export function productionOf(some) {
  return listProjects()
    .filter(({ root }) => some.some(({ folder }) => folder.test(root)))
    .map(({ root }) => `${root}/src/**/*.ts`);
}

/** @param {{ isTest: boolean, exception?: { from: string, to: string } }} kind */
function boundaryRule({ isTest, exception }) {
  return {
    '@nx/enforce-module-boundaries': [
      'error',
      {
        allow: ['vitest.shared.js$'],
        banTransitiveDependencies: true,
        enforceBuildableLibDependency: false,
        depConstraints: [...layerConstraints(isTest, exception), ...packageConstraints(isTest)],
      },
    ],
  };
}

/**
 * @param {boolean} isTest
 * @param {{ from: string, to: string } | undefined} exception
 */
function layerConstraints(isTest, exception) {
  return layers.map((layer) => ({
    sourceTag: `layer:${layer.name}`,
    onlyDependOnLibsWithTags: [
      ...new Set([...layer.mayImport, ...(isTest ? testsMayImport : [])].map((name) => `layer:${name}`)),
      ...(exception && layer.name === 'apps' ? [`project:${exception.to}`] : []),
    ],
  }));
}

/**
 * @param {boolean} isTest
 * @returns {{ sourceTag: string, allowedExternalImports?: string[], bannedExternalImports?: string[] }[]}
 */
function packageConstraints(isTest) {
  return listProjects().map(({ name, root }) => {
    const sourceTag = `project:${name}`;
    const layer = layerOfFolder(root);
    if (layer === undefined) return { sourceTag };
    if (layer.packages === 'none') return { sourceTag, allowedExternalImports: isTest ? testPackages : [] };
    return {
      sourceTag,
      bannedExternalImports: bannedPackages({ name, layer, isTest }),
    };
  });
}
