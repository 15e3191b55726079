import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from '@mcp-hub/platform';
import { expect, it } from 'vitest';
import { generatedPages, workspaceRoot } from './generated-pages.js';

const pages = await generatedPages();
const page = (file: string): string => pages.find((candidate) => candidate.file === file)?.text ?? '';

it.each(pages)('has $file committed as it is generated', ({ file, text }) => {
  const committed = readFileSync(join(workspaceRoot, file), 'utf8');
  expect(committed === text, `${file} is not what the source says: run \`npm run docs\` and commit it`).toBe(true);
});

it('lists every setting', () => {
  const listed = [...page('docs/configuration.md').matchAll(/^\| `([a-z_.]+)`/gm)].map((match) => match[1]);
  expect(listed).toEqual(settings.map(({ key }) => key));
});

it.each([
  [404, 'server_not_found'],
  [409, 'server_exists'],
  [422, 'invalid_entry'],
  [401, 'unauthenticated'],
  [405, 'method_not_allowed'],
  [412, 'stale_if_match'],
  [415, 'unsupported_media'],
  [431, 'headers_too_large'],
  [500, 'internal_error'],
])('lists an error with its status: %i %s', (status, code) => {
  expect(page('docs/errors.md')).toMatch(new RegExp(`^\\| ${status} +\\| \`${code}\` +\\| [A-Z].+\\|$`, 'm'));
});

it('tells which causes of a failed load are tried again', () => {
  expect(page('docs/errors.md')).toMatch(/^\| `document_unreachable` +\| yes +\|$/m);
  expect(page('docs/errors.md')).toMatch(/^\| `module_error` +\| no +\|$/m);
});
