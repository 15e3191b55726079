import { expect, it } from 'vitest';
import { nodeVersionProblem } from './node-version.mjs';

it.each(['v20.19.0', 'v20.20.2', 'v22.0.0', 'v24.1.0'])('accepts %s', (version) => {
  expect(nodeVersionProblem(version)).toBeUndefined();
});

it.each(['v12.22.12', 'v18.20.0', 'v20.18.3', 'v0.10.48'])('refuses %s in one sentence that names it', (version) => {
  const problem = nodeVersionProblem(version);
  expect(problem).toContain(version.slice(1));
  expect(problem).toContain('20.19');
  expect(problem).not.toContain('\n');
});
