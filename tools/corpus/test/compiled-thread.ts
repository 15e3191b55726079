import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import type { TestProject } from 'vitest/node';
import { workspaceRoot } from '../src/workspace-root.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the compiled program of the threads that call documents. */
    callWorker: string;
  }
}

const target = join(import.meta.dirname, '../test-output/thread');
const packages = { domain: 'libs/domain', 'openapi-mcp': 'libs/openapi-mcp', corpus: 'tools/corpus' };

/** Worker threads of Node 20 run no TypeScript: what they need of the sources is translated before the tests. */
export default async function setup(project: TestProject): Promise<void> {
  await rm(target, { recursive: true, force: true });
  for (const [name, folder] of Object.entries(packages)) {
    const into = join(target, 'node_modules/@mcp-hub', name);
    await write(join(into, 'package.json'), JSON.stringify({ type: 'module', exports: './index.js' }));
    // What npm did not hoist.
    await symlink(join(workspaceRoot, folder, 'node_modules'), join(into, 'node_modules'));
    const sources = join(workspaceRoot, folder, 'src');
    for (const file of await readdir(sources, { recursive: true })) {
      if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
      const { outputText } = transpileModule(await readFile(join(sources, file), 'utf8'), {
        compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, useDefineForClassFields: false },
      });
      await write(join(into, file.replace(/\.ts$/, '.js')), outputText);
    }
  }
  const program = join(target, 'node_modules/@mcp-hub/corpus/calls/call-worker.js');
  project.provide('callWorker', pathToFileURL(program).href);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
