// Runs on Node versions far older than the rest: no syntax and no module that Node 12 does not have.

/**
 * @param {string} version as in `process.version`
 * @returns {string | undefined} one sentence for the person at the keyboard if the version is too old
 */
export function nodeVersionProblem(version) {
  const parts = version.replace(/^v/, '').split('.').map(Number);
  const major = parts[0] || 0;
  const minor = parts[1] || 0;
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return 'MCP Hub Registry needs Node 20.19 or newer, and this is Node ' + parts.join('.') + ': see https://nodejs.org';
}

/**
 * Ends the process with one sentence if its Node is too old, else loads the command and runs it.
 *
 * @param {() => Promise<{ run: () => Promise<void> }>} load imports the command's module
 */
export function onSupportedNode(load) {
  const problem = nodeVersionProblem(process.version);
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
  load()
    .then(function (command) {
      return command.run();
    })
    .catch(function (error) {
      // A SetupFailure says all there is to say; anything else is a defect and shows where it comes from.
      console.error(error.name === 'SetupFailure' ? error.message : error);
      process.exit(error.exitCode || 1);
    });
}
