import { readConfigFile, type Given } from './config-file.js';
import { effectiveSettings, type Service } from './effective-settings.js';
import { readDotEnv, settingsFromEnvironment } from './environment.js';
import type { Form, HubConfig } from './hub-config.js';
import { nearestName } from './nearest-name.js';
import { parseSetting } from './parse-setting.js';
import { settings, type Setting } from './settings.js';
import { toHubConfig } from './to-hub-config.js';

/** Where the value of each setting came from, by its key: `default`, `config.yaml`, `.env: DATABASE_URL`, … */
export type Origins = Readonly<Record<string, string>>;

export interface LoadConfigOptions {
  form: Form;
  /** In the split form: the service that asks. Workers and gateways need no database. */
  service?: Service;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** From `--config`; relative to `cwd`. */
  configFile?: string;
  /** From the command line, by setting key (`api.port`); they win over everything. */
  overrides?: Readonly<Record<string, unknown>>;
}

export interface LoadedConfig {
  ok: true;
  config: HubConfig;
  origins: Origins;
  /** The same values as `config`, by setting key and in the units of the file: for `describeConfig`. */
  values: Readonly<Record<string, unknown>>;
  /** Not mistakes, but hardly meant. */
  warnings: string[];
  /** The environment joined by `.env` (the environment wins): what references in entries are resolved from. */
  variables: Readonly<Record<string, string>>;
  /** The file that was read, if any. */
  file?: string;
}

export type LoadConfigResult = LoadedConfig | { ok: false; problems: string[] };

/**
 * The effective configuration from defaults, file, `.env`, environment and command line, each stronger than the one
 * before (hub-api.md, section 3). Makes no files: see `withKeyFiles`.
 *
 * @returns all problems at once, each naming where it is and what would be right; secrets are not repeated
 */
export function loadConfig(options: LoadConfigOptions): LoadConfigResult {
  const { form, service, env, cwd } = options;
  const dotEnv = readDotEnv(cwd);
  const variables = { ...dotEnv, ...definedOnly(env) };
  const named = options.configFile ?? (variables['MCP_REGISTRY_CONFIG_FILE'] || undefined);
  const file = readConfigFile(named, cwd, variables);
  const environment = settingsFromEnvironment(env, dotEnv, cwd);
  const commandLine = givenByOverrides(options.overrides ?? {}, cwd);
  const given = new Map([...file.given, ...environment.given, ...commandLine.given]);

  const problems = [...file.problems, ...environment.problems, ...commandLine.problems];
  const values: Record<string, unknown> = {};
  for (const [setting, { value, origin, isText, folder }] of given) {
    const parsed = parseSetting(setting.type, value, isText, folder);
    if ('value' in parsed) values[setting.key] = parsed.value;
    else
      problems.push(
        ...parsed.problems.map((problem) => `${origin}: ${setting.key}: ${problem}${shown(setting, value)}`),
      );
  }
  const hubVariables = [...new Set(file.used)];
  const effective = effectiveSettings(values, {
    form,
    ...(service && { service }),
    cwd,
    ...(file.path !== undefined && { file: file.path }),
    databaseFolder: [...given].find(([{ key }]) => key === 'database.url')?.[1].folder ?? cwd,
    dotEnvNames: Object.keys(dotEnv),
    usedVariables: hubVariables,
  });
  // A setting that is wrong by itself counts as not given below, so what follows from that is no news.
  if (problems.length > 0)
    return {
      ok: false,
      problems: [...problems, ...effective.problems.filter(isNews(given, values))],
    };
  if (effective.problems.length > 0) return { ok: false, problems: effective.problems };
  return {
    ok: true,
    config: toHubConfig(effective.values, {
      form,
      dataDir: effective.dataDir,
      hubVariables,
    }),
    origins: originsOf(effective.values, given),
    values: effective.values,
    warnings: effective.warnings,
    variables,
    ...(file.path !== undefined && { file: file.path }),
  };
}

function givenByOverrides(
  overrides: Readonly<Record<string, unknown>>,
  cwd: string,
): { given: Map<Setting, Given>; problems: string[] } {
  const given = new Map<Setting, Given>();
  const problems: string[] = [];
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    const setting = settings.find((known) => known.key === key);
    if (setting)
      given.set(setting, {
        value,
        origin: 'command line',
        isText: true,
        folder: cwd,
      });
    else problems.push(`command line: ${key}: there is no such setting${didYouMean(key)}`);
  }
  return { given, problems };
}

function didYouMean(key: string): string {
  const near = nearestName(
    key,
    settings.map((setting) => setting.key),
  );
  return near ? `; did you mean ${near}?` : '';
}

function isNews(
  given: ReadonlyMap<Setting, Given>,
  values: Readonly<Record<string, unknown>>,
): (problem: string) => boolean {
  const faulty = [...given.keys()].filter(({ key }) => !(key in values)).map(({ key }) => key);
  return (problem) => !faulty.some((key) => problem.includes(key));
}

function originsOf(values: Readonly<Record<string, unknown>>, given: ReadonlyMap<Setting, Given>): Origins {
  return Object.fromEntries(
    settings
      .filter(({ key }) => key in values)
      .map((setting) => [setting.key, given.get(setting)?.origin ?? ('derived' in setting ? 'derived' : 'default')]),
  );
}

function shown({ isSecret }: Setting, value: unknown): string {
  if (isSecret || (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')) return '';
  return `, not ${JSON.stringify(value)}`;
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
