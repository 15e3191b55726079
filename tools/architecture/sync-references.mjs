// Writes the `references` of every tsconfig from the workspace dependencies in the package.json files.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { listProjects, workspaceRoot } from '@mcp-hub/bootstrap/workspace';
import { wrongReferences } from './src/references.mjs';

for (const { file, expected } of wrongReferences(workspaceRoot, listProjects())) {
  const path = join(workspaceRoot, file);
  if (!existsSync(path)) {
    console.error(`${file} is missing: copy it from another project, then run this again`);
    process.exitCode = 1;
    continue;
  }
  const config = JSON.parse(readFileSync(path, 'utf8'));
  config.references = expected.map((reference) => ({ path: reference }));
  writeFileSync(
    path,
    await format(JSON.stringify(config), {
      parser: 'json',
      printWidth: 120,
      objectWrap: 'collapse',
    }),
  );
  console.log(`wrote ${file}`);
}
