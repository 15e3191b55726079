import { LoadFailed, type EnvironmentVariable, type PackageArgument, type ServerPackage } from '@mcp-hub/domain';
import { splitWords } from './split-words.js';

/** What a package's entry says about its start, as the system takes it. */
export interface PackageInputs {
  /** For the runtime: node, python, docker run. */
  runtimeArguments: string[];
  /** For the program. */
  programArguments: string[];
  environment: Record<string, string>;
}

type ArgumentList = 'runtime_arguments' | 'package_arguments';

/**
 * Arguments and environment by the rules of hosting.md, "Packages". A named argument without a value is its name
 * alone, unless `value_hint` says that there should be one: then it is left out, or missing where it is required.
 *
 * @throws LoadFailed `variable_missing`, naming every required input that has no value
 */
export function packageInputs(each: ServerPackage): PackageInputs {
  const missing: string[] = [];
  const environment: Record<string, string> = {};
  const words = (list: ArgumentList): string[] =>
    each[list].flatMap((argument, index) => {
      const value = valueOf(argument);
      if (argument.type !== 'environment')
        return wordsOf(argument, value, () => missing.push(label(argument, list, index)));
      const { name = '' } = argument;
      if (isMissing(value, argument.is_required)) missing.push(name);
      else if (value !== undefined) environment[name] = value;
      return [];
    });
  const runtimeArguments = words('runtime_arguments').flatMap(splitOption);
  const programArguments = words('package_arguments');
  for (const variable of each.environment_variables) {
    const value = valueOf(variable);
    if (isMissing(value, variable.required)) missing.push(variable.name);
    else if (value !== undefined) environment[variable.name] = value;
  }
  if (missing.length > 0) throw missingInputs(missing);
  return { runtimeArguments, programArguments, environment };
}

function wordsOf(argument: PackageArgument, value: string | undefined, onMissing: () => void): string[] {
  const { type, name = '', is_required, value_hint } = argument;
  switch (type) {
    case 'flag':
      return value?.trim().toLowerCase() === 'false' ? [] : [name];
    case 'named':
      if (isMissing(value, is_required) && value_hint !== undefined) onMissing();
      if (value !== undefined && value !== '') return [name, value];
      return value_hint === undefined ? [name] : [];
    case 'positional':
      if (isMissing(value, is_required)) onMissing();
      return value === undefined ? [] : [value];
    case 'environment':
      return [];
  }
}

/** Options that were written in one string with their values, such as `-v /host:/container`. */
function splitOption(word: string): string[] {
  return word.startsWith('-') && /\s/.test(word) ? splitWords(word) : [word];
}

function valueOf(input: EnvironmentVariable | PackageArgument): string | undefined {
  return input.value ?? input.default;
}

function isMissing(value: string | undefined, isRequired: boolean): boolean {
  return isRequired && (value === undefined || value === '');
}

function label({ name, value_hint, description }: PackageArgument, list: ArgumentList, index: number): string {
  const named = name ?? value_hint ?? description;
  const place = `${list}[${index}]`;
  return named === '' ? place : `${named} (${place})`;
}

function missingInputs(names: readonly string[]): LoadFailed {
  const list = names.join(', ');
  return new LoadFailed(
    'variable_missing',
    names.length === 1 ? `The input ${list} has no value.` : `These inputs have no value: ${list}.`,
    'Give each a value in the package of the entry, or say that it is not required.',
  );
}
