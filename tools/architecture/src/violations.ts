import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { Project } from '@mcp-hub/bootstrap/workspace';
import { findCycles } from './cycles.js';
import {
  bannedPackages,
  exceptions,
  inputOutputModules,
  layerOfFolder,
  layersWithoutInputOutput,
  testPackages,
  testsMayImport,
} from './layers.mjs';
import type { SourceFile } from './source-file.js';

const builtins = new Set(builtinModules);

/**
 * Everything in which the files break the table of layers. Only folders and imports are looked at: neither the Nx
 * tags nor the dependencies in the package.json files can hide a violation.
 *
 * @param files all source files of the workspace
 * @param projects all projects of the workspace
 * @returns one sentence for each violation
 */
export function findViolations(files: readonly SourceFile[], projects: readonly Project[]): string[] {
  return [
    ...files.flatMap((file) => file.imports.flatMap((specifier) => importViolation(file, specifier, projects))),
    ...findCycles(fileGraph(files)).map((path) => `these files import each other: ${path.join(' → ')}`),
    ...findCycles(projectGraph(files, projects)).map((path) => `these projects import each other: ${path.join(' → ')}`),
  ];
}

function importViolation(file: SourceFile, specifier: string, projects: readonly Project[]): string[] {
  if (specifier.startsWith('.')) return relativeViolation(file, specifier);
  const target = projectOf(specifier, projects);
  if (target) return projectViolation(file, specifier, target);
  const isBuiltin = specifier.startsWith('node:') || builtins.has(specifier);
  return isBuiltin ? builtinViolation(file, specifier) : packageViolation(file, specifier);
}

function relativeViolation(file: SourceFile, specifier: string): string[] {
  const path = posix.join(posix.dirname(file.path), specifier);
  if (path.startsWith(`${file.project.root}/`) || path.startsWith('vitest.shared')) return [];
  return [`${file.path} leaves its project by a relative path: ${specifier}`];
}

function projectViolation(file: SourceFile, specifier: string, target: Project): string[] {
  if (target.name === file.project.name) return [];
  const from = layerOfFolder(file.project.root);
  const to = layerOfFolder(target.root);
  if (!from || !to) return [`${(from ? target : file.project).root} is in no layer`];
  const isException = exceptions.some((pair) => pair.from === file.project.name && pair.to === target.name);
  const allowed = file.isTest ? [...from.mayImport, ...testsMayImport] : from.mayImport;
  if (!isException && !allowed.includes(to.name)) {
    return [`${file.path} (${from.name}) may not import ${specifier} (${to.name})`];
  }
  if (!file.isTest && from.packages !== 'any' && specifier.endsWith('/testing')) {
    return [`${file.path} is production code and may not import ${specifier}`];
  }
  return [];
}

function builtinViolation(file: SourceFile, specifier: string): string[] {
  const layer = layerOfFolder(file.project.root);
  if (!layer || file.isTest || !layersWithoutInputOutput.includes(layer.name)) return [];
  const name = specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  const isBanned = inputOutputModules.some((module) => name === module || name.startsWith(`${module}/`));
  return isBanned ? [`${file.path} (${layer.name}) does input or output through ${specifier}`] : [];
}

function packageViolation(file: SourceFile, specifier: string): string[] {
  const layer = layerOfFolder(file.project.root);
  if (!layer) return [`${file.project.root} is in no layer`];
  if (file.isTest && matchesSome(specifier, testPackages)) return [];
  const banned = bannedPackages({
    name: file.project.name,
    layer,
    isTest: file.isTest,
  });
  const isTestPackage = layer.packages !== 'any' && matchesSome(specifier, testPackages);
  if (layer.packages === 'none' || isTestPackage || matchesSome(specifier, banned)) {
    return [`${file.path} (${layer.name}) may not import the package ${specifier}`];
  }
  return [];
}

function matchesSome(specifier: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('/*')
      ? specifier.startsWith(pattern.slice(0, -1))
      : specifier === pattern || specifier.startsWith(`${pattern}/`),
  );
}

function projectOf(specifier: string, projects: readonly Project[]): Project | undefined {
  return projects.find(({ packageName }) => specifier === packageName || specifier.startsWith(`${packageName}/`));
}

function fileGraph(files: readonly SourceFile[]): Map<string, string[]> {
  const paths = new Set(files.map(({ path }) => path));
  return new Map(
    files.map((file) => [
      file.path,
      file.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => posix.join(posix.dirname(file.path), specifier).replace(/\.(m?)js$/, '.$1ts'))
        .filter((path) => paths.has(path)),
    ]),
  );
}

function projectGraph(files: readonly SourceFile[], projects: readonly Project[]): Map<string, Set<string>> {
  const graph = new Map(projects.map(({ name }) => [name, new Set<string>()]));
  for (const file of files) {
    for (const specifier of file.imports) {
      const target = projectOf(specifier, projects);
      if (target && target.name !== file.project.name) graph.get(file.project.name)?.add(target.name);
    }
  }
  return graph;
}
