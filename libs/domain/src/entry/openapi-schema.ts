import { list, record } from '../schema/collections.js';
import { defaulted, object, optional, required } from '../schema/object.js';
import { fieldPath } from '../schema/report.js';
import { checked, invalid, isRecord, kindOf, mapped, type Schema } from '../schema/schema.js';
import { boolean, choice, number, text } from '../schema/scalars.js';
import { patternRefusal } from '../pattern/pattern-refusal.js';
import { hasReference } from '../secrets/reference-text.js';
import { componentTypes, type OpenApiConfig, type RouteMap, type RouteRule } from '../server-entry.js';
import { headerNameRefusal, httpUrl, isHttpUrl, referenceScalar } from './common-schemas.js';

const componentType = choice(componentTypes, { anyCase: true });
const tags = defaulted(list(text({ min: 1, max: 200 }), { max: 100 }), () => []);
const method = mapped(
  text({ min: 1, max: 30, pattern: /^(\*|[A-Za-z][A-Za-z-]*)$/, be: 'an HTTP method, or * for all' }),
  (word) => word.toUpperCase(),
);
const methodList = list(method, { min: 1, max: 20 });

/** A single method may stand without a list. */
const methods: Schema<string[]> = {
  parse: (value, path, report) => methodList.parse(typeof value === 'string' ? [value] : value, path, report),
};

const pattern = checked(text({ min: 1 }), (source, path, report) => {
  const refusal = patternRefusal(source);
  if (refusal !== undefined) report.issue(path, 'wrong_pattern', refusal);
});

const routeMap: Schema<RouteMap> = object({
  methods: defaulted(methods, () => ['*']),
  pattern: defaulted(pattern, () => '.*'),
  tags,
  mcp_type: defaulted(componentType, () => 'TOOL' as const),
  mcp_tags: tags,
});

export const routeMapsSchema: Schema<RouteMap[]> = list(routeMap, { max: 1000 });

const condition = optional(text({ min: 1, max: 1000 }));
const routeRule: Schema<RouteRule> = checked(
  mapped(
    object({
      path_contains: condition,
      path_starts_with: condition,
      method: optional(method),
      has_tag: condition,
      mcp_type: optional(componentType),
    }),
    ({ mcp_type, ...rule }) => ({ ...rule, mcp_type: mcp_type ?? (isTagRule(rule) ? 'EXCLUDE' : 'TOOL') }),
  ),
  (rule, path, report) => {
    const { path_contains, path_starts_with, method, has_tag } = rule;
    const conditions = [path_contains, path_starts_with, method, has_tag];
    if (conditions.every((each) => each === undefined)) {
      report.issue(path, 'required', 'must have a condition: path_contains, path_starts_with, method or has_tag');
    }
  },
);

/** Where a rule has other conditions besides its tag, leaving an operation out would be a surprise. */
function isTagRule({ has_tag, path_contains, path_starts_with, method }: Omit<RouteRule, 'mcp_type'>): boolean {
  return has_tag !== undefined && [path_contains, path_starts_with, method].every((each) => each === undefined);
}

const affix = optional(text({ max: 1000, multiline: true }));
const componentChanges = object({
  add_tags: optional(list(text({ min: 1, max: 200 }), { max: 100 })),
  prefix_tools: affix,
  prefix_resources: affix,
  suffix_templates: affix,
});

/** A URL, or the path of a file under a configured root. */
const location = checked(text({ min: 1, max: 8192 }), (value, path, report) => {
  const hasScheme = /^[a-z][a-z0-9+.-]+:/i.test(value);
  if (hasReference(value)) {
    report.issue(path, 'wrong_form', 'must be written without ${…}: references are not replaced here');
  } else if (hasScheme && !isHttpUrl(value)) {
    report.issue(path, 'wrong_form', 'must be a URL that begins with http:// or https://, or the path of a file');
  }
});

/** The document itself. It may be large, and is looked at when it is converted, not here. */
const inlineDocument: Schema<unknown> = {
  parse(value, path, report) {
    if (isRecord(value) || (typeof value === 'string' && value.trim() !== '')) return value;
    report.issue(
      path,
      'wrong_type',
      `must be the OpenAPI document, as an object or as JSON or YAML text, not ${kindOf(value)}`,
    );
    return invalid;
  },
};

/** `openapi_config` without the rule that it has one of `url` and `spec`, which depends on what is stored. */
export const openApiSchema: Schema<OpenApiConfig> = checked(
  object({
    url: optional(location),
    spec: optional(inlineDocument),
    base_url: optional(httpUrl()),
    timeout: defaulted(number({ min: 0.001, max: 3600, unit: 'seconds' }), () => 30),
    route_maps: defaulted(routeMapsSchema, () => []),
    route_map_fn: optional(object({ rules: required(list(routeRule, { max: 1000 })) })),
    mcp_names: optional(record(text({ min: 1, max: 200 }), { max: 10_000 })),
    mcp_component_fn: optional(componentChanges),
    headers: defaulted(
      record(referenceScalar(), { max: 100, refuseName: headerNameRefusal, ignoreCase: true }),
      () => ({}),
    ),
    server_variables: defaulted(record(referenceScalar(), { max: 100 }), () => ({})),
    output_schemas: defaulted(choice(['off', 'lenient', 'strict']), () => 'lenient' as const),
    schema_refs: defaulted(choice(['keep', 'inline']), () => 'keep' as const),
    external_refs: defaulted(boolean, () => false),
    exclude_deprecated: defaulted(boolean, () => false),
    max_tools: optional(number({ min: 1, isInteger: true })),
    max_result_bytes: optional(number({ min: 1, isInteger: true, unit: 'bytes' })),
    refresh_interval: optional(number({ min: 1, max: 31_536_000, unit: 'seconds' })),
  }),
  ({ url, spec }, path, report) => {
    if (url === undefined || spec === undefined) return;
    report.issue(fieldPath(path, 'spec'), 'conflict', 'must not be given together with url; keep one of them');
  },
);
