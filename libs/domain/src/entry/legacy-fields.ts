import { own } from '../schema/object.js';
import { fieldPath, itemPath, type Report } from '../schema/report.js';
import { isRecord, kindOf } from '../schema/schema.js';
import { routeMapsSchema } from './openapi-schema.js';

type Fields = Record<string, unknown>;

const CONFIG = 'openapi_config';
const ROUTE_MAPS = `${CONFIG}.route_maps`;
/** Fields of `openapi_config` that may also stand at the top of an entry. */
const topLevelFields = ['route_maps', 'openapi_url', 'routing_rules', 'advanced_routing', 'customize_components'];
const droppedFields: Readonly<Record<string, string>> = {
  proxy_config: 'remotes',
  package_config: 'packages',
  mount_path: 'id, which is in the path of the MCP endpoint',
};

/**
 * Moves what older registries wrote to where it belongs now (hub-api.md, section 1): `fastmcp_config` and top-level
 * `route_maps` under `openapi_config`, `openapi_url` to `url`, `routing_rules` to `route_maps`; drops what has no
 * meaning any more. The report learns where everything was written.
 *
 * @returns a copy; the input is not changed
 */
export function moveLegacyFields(input: Fields, report: Report): Fields {
  const fastmcp = own(input, 'fastmcp_config');
  const moved = new Set(['fastmcp_config', ...topLevelFields, ...Object.keys(droppedFields)]);
  const entry = pick(input, (name) => !moved.has(name));
  const top = pick(input, (name) => topLevelFields.includes(name) && isGiven(input, name));
  for (const [name, instead] of Object.entries(droppedFields)) {
    if (isGiven(input, name)) report.warn(name, 'ignored_field', `has no effect; use ${instead}`);
  }
  const main = own(entry, CONFIG) ?? undefined;
  if (fastmcp !== undefined && fastmcp !== null && !isRecord(fastmcp)) {
    report.issue('fastmcp_config', 'wrong_type', `must be an object, not ${kindOf(fastmcp)}`);
  }
  if (main !== undefined && !isRecord(main)) return entry;

  const config: Fields = {};
  if (main) takeFrom(main, CONFIG, config, report);
  if (isRecord(fastmcp) && Object.keys(fastmcp).length > 0) {
    if (!main) report.relocate(CONFIG, 'fastmcp_config');
    takeFrom(fastmcp, 'fastmcp_config', config, report);
  }
  takeFrom(top, '', config, report);
  const isOpenApi = main !== undefined || Object.keys(config).some((name) => name !== 'route_maps');
  if (isOpenApi) entry[CONFIG] = config;
  else if (isGiven(config, 'route_maps')) {
    routeMapsSchema.parse(config['route_maps'], ROUTE_MAPS, report);
    report.warn(ROUTE_MAPS, 'ignored_field', 'has no effect without openapi_config');
  }
  return entry;
}

/** Adds the fields of one source that no earlier source has; a document of an earlier source stands for both of its forms. */
function takeFrom(source: Fields, sourcePath: string, config: Fields, report: Report): void {
  const hasDocument = isGiven(config, 'url') || isGiven(config, 'spec');
  const hasRouteMaps = isGiven(config, 'route_maps');
  for (const [name, value] of Object.entries(source)) {
    if (value === null || value === undefined) continue;
    const path = fieldPath(sourcePath, name);
    if (name === 'advanced_routing' || name === 'customize_components') {
      report.warn(path, 'ignored_field', 'has no effect; use route_maps, mcp_names and mcp_component_fn');
    } else if (name === 'openapi_url') {
      const isKept = !hasDocument && !isGiven(source, 'url') && !isGiven(source, 'spec');
      report.warn(
        path,
        'deprecated_field',
        isKept ? 'was stored as openapi_config.url' : 'was left out, since there is another document',
      );
      if (isKept) place(config, 'url', value, path, report);
    } else if (name === 'routing_rules') {
      report.warn(
        path,
        'deprecated_field',
        hasRouteMaps ? 'was left out, since there are route_maps' : 'was stored as openapi_config.route_maps',
      );
    } else if (!(hasDocument && (name === 'url' || name === 'spec')) && !isGiven(config, name)) {
      place(config, name, value, path, report);
    }
  }
  const rules = own(source, 'routing_rules') ?? undefined;
  if (rules !== undefined && !hasRouteMaps)
    appendRoutingRules(rules, fieldPath(sourcePath, 'routing_rules'), config, report);
}

function place(config: Fields, name: string, value: unknown, path: string, report: Report): void {
  // Not an assignment: a field named __proto__ must become a field, and be refused as such.
  Object.defineProperty(config, name, { value, enumerable: true, configurable: true, writable: true });
  report.relocate(fieldPath(CONFIG, name), path);
}

/** `{path_pattern|pattern, type|mcp_type, methods?}`, in order, after the route maps of the same source. */
function appendRoutingRules(rules: unknown, path: string, config: Fields, report: Report): void {
  const routeMaps = own(config, 'route_maps') ?? [];
  if (!Array.isArray(routeMaps)) return;
  if (!Array.isArray(rules)) {
    report.issue(path, 'wrong_type', `must be a list, not ${kindOf(rules)}`);
    return;
  }
  const migrated = rules.map((rule: unknown, index) => {
    const target = itemPath(ROUTE_MAPS, routeMaps.length + index);
    report.relocate(target, itemPath(path, index));
    return isRecord(rule) ? migrateRule(rule, target, itemPath(path, index), report) : rule;
  });
  config['route_maps'] = [...(routeMaps as unknown[]), ...migrated];
}

const ruleNames: Readonly<Record<string, string>> = { path_pattern: 'pattern', type: 'mcp_type' };

function migrateRule(rule: Fields, target: string, path: string, report: Report): Fields {
  const entries = Object.entries(rule).map(([written, value]): [string, unknown] => {
    const name = Object.hasOwn(ruleNames, written) ? (ruleNames[written] ?? written) : written;
    if (name !== written) report.relocate(fieldPath(target, name), fieldPath(path, written));
    const isIgnore = name === 'mcp_type' && typeof value === 'string' && value.toUpperCase() === 'IGNORE';
    return [name, isIgnore ? 'EXCLUDE' : value];
  });
  return Object.fromEntries(entries);
}

function pick(fields: Fields, isWanted: (name: string) => boolean): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => isWanted(name)));
}

function isGiven(fields: Fields, name: string): boolean {
  return (own(fields, name) ?? undefined) !== undefined;
}
