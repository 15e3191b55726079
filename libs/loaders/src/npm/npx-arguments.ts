import { LoadFailed } from '@mcp-hub/domain';

export interface NpxArguments {
  /** What is left for Node.js. */
  runtimeArguments: string[];
  /** What is left for the program. */
  programArguments: string[];
  /** The program that `npx --package <name> <program>` names. */
  program?: string;
}

/** Options of npx about installing, which the hub does itself. */
const ownOptions = /^(-y|--yes|-q|--quiet|--no-install|--no|--prefer-(on|off)line|--ignore-existing|--)$/;

/**
 * Takes out of the arguments what is meant for npx itself (`runtime_hint: npx`): its options, the package, and the
 * program where `--package` says that one is named.
 *
 * @throws LoadFailed `nothing_to_load` where it would run something else than the package
 */
export function npxArguments(
  packageName: string,
  runtime: readonly string[],
  program: readonly string[],
): NpxArguments {
  const isPackage = (word: string | undefined): boolean =>
    word === packageName || word?.startsWith(`${packageName}@`) === true;
  const refusePackage = (word: string | undefined): void => {
    if (isPackage(word)) return;
    throw new LoadFailed(
      'nothing_to_load',
      `The arguments for npx name the package "${word ?? ''}", but the entry is about "${packageName}".`,
      'List that package itself in the entry.',
    );
  };
  let isProgramNamed = false as boolean;
  /** @returns what is left after the options of npx at `at`, undefined where there is none */
  const afterOption = (words: readonly string[], at: number): number | undefined => {
    const word = words[at] ?? '';
    const [, glued] = /^--package=(.*)$/s.exec(word) ?? [];
    if (glued === undefined && word !== '-p' && word !== '--package') return ownOptions.test(word) ? at + 1 : undefined;
    refusePackage(glued ?? words[at + 1]);
    isProgramNamed = true;
    return glued === undefined ? at + 2 : at + 1;
  };

  const runtimeArguments: string[] = [];
  for (let at = 0; at < runtime.length;) {
    const next = afterOption(runtime, at);
    // The package where npx takes it, before the program's arguments.
    if (next === undefined && !isPackage(runtime[at])) runtimeArguments.push(runtime[at] ?? '');
    at = next ?? at + 1;
  }
  // Of the program's arguments only --package at their beginning is npx's: -y and the like may be the program's own.
  let start = 0;
  while (/^(-p|--package(=.*)?)$/s.test(program[start] ?? '')) start = afterOption(program, start) ?? program.length;
  const rest = program.slice(start);
  if (!isProgramNamed) return { runtimeArguments, programArguments: rest };
  const [named, ...programArguments] = rest;
  return { runtimeArguments, programArguments, ...(named === undefined ? {} : { program: named }) };
}
