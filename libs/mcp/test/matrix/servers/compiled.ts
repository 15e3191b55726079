import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const tests = join(import.meta.dirname, '..', '..');
const target = join(tests, '..', 'test-output', 'compiled-servers');
const folders = ['matrix/servers', 'support'];

/**
 * Translates the servers of these tests, so that plain Node can run them as processes of their own.
 *
 * @param main below `test`
 * @returns the file to run
 */
export function compiled(main: string): string {
  for (const folder of folders) {
    for (const file of readdirSync(join(tests, folder)).filter((name) => name.endsWith('.ts'))) {
      const { outputText } = ts.transpileModule(readFileSync(join(tests, folder, file), 'utf8'), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      write(join(target, folder, file.replace(/\.ts$/, '.js')), outputText);
    }
  }
  return join(target, main.replace(/\.ts$/, '.js'));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
