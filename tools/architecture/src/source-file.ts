import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import type { Project } from '@mcp-hub/bootstrap/workspace';
import ts from 'typescript';
import { isTestCode } from './layers.mjs';

/** One TypeScript file of a project and what it imports. Paths are relative to the workspace, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly project: Project;
  readonly isTest: boolean;
  /** Module specifiers as written: static, dynamic and type imports, and re-exports. */
  readonly imports: readonly string[];
}

/**
 * Reads every TypeScript file below the folders of some projects.
 *
 * @param workspace the workspace's folder
 * @throws what the file system throws when a folder can't be read
 */
export function readSourceFiles(workspace: string, projects: readonly Project[]): SourceFile[] {
  return projects.flatMap((project) =>
    listTypeScript(join(workspace, project.root)).map((file) =>
      aSourceFile(relative(workspace, file).split(sep).join('/'), project, readFileSync(file, 'utf8')),
    ),
  );
}

/** A source file from its text; see {@link SourceFile}. */
export function aSourceFile(path: string, project: Project, text: string): SourceFile {
  return {
    path,
    project,
    isTest: isTestCode(posix.relative(project.root, path)),
    imports: ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName),
  };
}

const folders = new Set(['node_modules', 'dist', 'out-tsc', 'test-output', 'coverage']);

function listTypeScript(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return folders.has(entry.name) ? [] : listTypeScript(path);
    return /\.m?ts$/.test(entry.name) ? [path] : [];
  });
}
