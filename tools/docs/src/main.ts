import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedPages, workspaceRoot } from './generated-pages.js';

for (const { file, text } of await generatedPages()) {
  await writeFile(join(workspaceRoot, file), text);
  process.stdout.write(`wrote ${file}\n`);
}
