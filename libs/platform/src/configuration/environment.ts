import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Given } from './config-file.js';
import { nearestName } from './nearest-name.js';
import { environmentNames, otherEnvironmentNames, settings, type Setting } from './settings.js';

/** What `.env` in a folder sets; nothing where there is none. */
export function readDotEnv(cwd: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(join(cwd, '.env'), 'utf8');
  } catch {
    // It is optional.
    return {};
  }
  return Object.fromEntries(
    Object.entries(parseEnv(text)).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The settings that the environment and `.env` give; an empty variable counts as none. */
export function settingsFromEnvironment(
  env: Variables,
  dotEnv: Variables,
  cwd: string,
): { given: Map<Setting, Given>; problems: string[] } {
  const sources = [
    { variables: env, label: (name: string) => `environment: ${name}` },
    { variables: dotEnv, label: (name: string) => `.env: ${name}` },
  ];
  const given = new Map<Setting, Given>();
  for (const setting of settings) {
    for (const { variables, label } of sources) {
      const name = environmentNames(setting).find((candidate) => (variables[candidate] ?? '') !== '');
      if (name === undefined) continue;
      given.set(setting, {
        value: variables[name],
        origin: label(name),
        isText: true,
        folder: cwd,
      });
      break;
    }
  }
  const known = new Set([...settings.flatMap(environmentNames), ...otherEnvironmentNames]);
  const problems = sources.flatMap(({ variables, label }) =>
    Object.keys(variables)
      .filter((name) => name.startsWith('MCP_REGISTRY_') && variables[name] !== undefined && !known.has(name))
      .map((name) => {
        const near = nearestName(name, known);
        return `${label(name)}: there is no such setting${near ? `; did you mean ${near}?` : ''}`;
      }),
  );
  return { given, problems };
}
