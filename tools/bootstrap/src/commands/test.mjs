import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../build.mjs';
import { SetupFailure, runScript, say, scriptOf } from '../child.mjs';
import { install } from '../install.mjs';
import { readResults, report, sumResults } from '../results.mjs';
import { listProjects, workspaceRoot } from '../workspace.mjs';

/** @typedef {import('../workspace.mjs').Project} Project */

const resultsOf = (/** @type {Project} */ { root }) => join(workspaceRoot, root, 'test-output/results.json');

/** `npm test [-- project…]`: all tests of all projects, or of those named; options go to Nx. */
export async function run() {
  const args = process.argv.slice(2);
  const options = args.filter((arg) => arg.startsWith('-'));
  const names = args.filter((arg) => !arg.startsWith('-'));
  const projects = selectProjects(listProjects(), names);
  await install(workspaceRoot);
  for (const project of projects) rmSync(resultsOf(project), { force: true });

  const unit = await runTarget('test', projects, [...options, '--parallel=2']);
  const e2e = await runEndToEnd(projects, options);

  const rows = projects.map((project) => ({
    name: project.name,
    results: readResults(resultsOf(project)),
  }));
  const sum = sumResults(rows, unit === 0 && e2e === 0);
  const text = report(rows, sum).join('\n');
  console.log(`\n${text.replaceAll(join(workspaceRoot, '/'), '')}`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
}

/**
 * @param {Project[]} all
 * @param {string[]} names Nx names, package names or folders; none means all
 * @returns {Project[]} those with tests
 * @throws {SetupFailure} when a name fits no project with tests
 */
export function selectProjects(all, names) {
  const tested = all.filter(({ testTarget }) => testTarget !== undefined);
  const fits = (/** @type {Project} */ { name, packageName, root }, /** @type {string} */ wanted) =>
    [name, packageName, root, `${root}/`].includes(wanted);
  const unknown = names.filter((wanted) => !tested.some((project) => fits(project, wanted)));
  if (unknown.length > 0) {
    const known = tested.map(({ name }) => name).join(', ');
    throw new SetupFailure(`There is no project with tests called ${unknown.join(', ')}. There are: ${known}.`);
  }
  return names.length === 0 ? tested : tested.filter((project) => names.some((wanted) => fits(project, wanted)));
}

/**
 * @param {Project[]} projects
 * @param {string[]} options
 */
async function runEndToEnd(projects, options) {
  if (!projects.some(({ testTarget }) => testTarget === 'e2e')) return 0;
  const built = listProjects().filter(({ root, builds }) => builds && /^(apps|tools)\//.test(root));
  try {
    await build(
      workspaceRoot,
      'what the end-to-end tests run',
      built.map(({ root }) => root),
    );
  } catch (error) {
    // The unit tests have run: their sum is told all the same, with the end-to-end tests as failed.
    if (!(error instanceof SetupFailure) || error.exitCode > 128) throw error;
    say(error.message);
    return error.exitCode;
  }
  return runTarget('e2e', projects, [...options, '--parallel=1', '--exclude-task-dependencies']);
}

/**
 * @param {'test' | 'e2e'} target
 * @param {Project[]} projects
 * @param {string[]} options of Nx
 * @returns {Promise<number>} the exit code of Nx
 */
async function runTarget(target, projects, options) {
  const names = projects.filter(({ testTarget }) => testTarget === target).map(({ name }) => name);
  if (names.length === 0) return 0;
  say(`Running the ${target} target of ${names.join(', ')} …`);
  const code = await runScript(
    scriptOf(workspaceRoot, 'nx', 'nx'),
    ['run-many', '-t', target, `--projects=${names.join(',')}`, '--output-style=static', ...options],
    {
      cwd: workspaceRoot,
      env: { ...process.env, NX_NO_CLOUD: 'true', NX_TUI: 'false' },
      stdout: 'stdout',
    },
  );
  if (code > 128) throw new SetupFailure('The tests were interrupted.', code);
  return code;
}
