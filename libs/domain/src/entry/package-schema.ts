import { list, refuseDuplicates } from '../schema/collections.js';
import { defaulted, object, optional, required } from '../schema/object.js';
import { fieldPath, itemPath } from '../schema/report.js';
import { checked, mapped, type Schema } from '../schema/schema.js';
import { boolean, choice, text } from '../schema/scalars.js';
import { hasReference } from '../secrets/reference-text.js';
import type { EnvironmentVariable, PackageArgument, ServerPackage } from '../server-entry.js';
import { plainScalar, plainText, referenceScalar } from './common-schemas.js';
import { packageNameRefusal, packageVersionRefusal } from './package-version.js';

const description = defaulted(text({ max: 10_000, multiline: true }), () => '');
const variableName = text({
  min: 1,
  max: 256,
  pattern: /^[^\s=]+$/,
  be: 'the name of an environment variable, without = and spaces',
});

const argumentFields = object(
  {
    description,
    is_required: defaulted(boolean, () => true),
    format: defaulted(text({ min: 1, max: 50 }), () => 'string'),
    value: optional(referenceScalar({ multiline: true })),
    default: optional(referenceScalar({ multiline: true })),
    type: optional(choice(['positional', 'named', 'flag', 'environment'])),
    name: optional(plainText({ max: 1000 })),
    value_hint: optional(text({ max: 10_000, multiline: true })),
  },
  { aliases: { required: 'is_required' } },
);

const argument: Schema<PackageArgument> = checked(
  mapped(argumentFields, ({ type, ...rest }) => ({ ...rest, type: type ?? (rest.name ? 'named' : 'positional') })),
  ({ type, name, value, default: fallback }, path, report) => {
    if (type !== 'positional' && !name) {
      report.issue(fieldPath(path, 'name'), 'required', `is required for an argument of type ${type}`);
    }
    if (type === 'environment') return;
    for (const [field, text] of Object.entries({ value, default: fallback })) {
      if (text === undefined || !hasReference(text)) continue;
      report.warn(
        fieldPath(path, field),
        'reference_not_replaced',
        'holds a ${…} reference, which is passed as it stands; give it in environment_variables instead',
      );
    }
  },
);

const environmentVariable: Schema<EnvironmentVariable> = object(
  {
    name: required(variableName),
    description,
    required: defaulted(boolean, () => true),
    default: optional(referenceScalar({ multiline: true })),
    value: optional(referenceScalar({ multiline: true })),
    is_secret: defaulted(boolean, () => false),
  },
  { aliases: { is_required: 'required' } },
);

const transport = checked(
  object({
    type: defaulted(choice(['stdio', 'streamable-http', 'sse']), () => 'stdio' as const),
    url: optional(plainScalar({ max: 8192 })),
  }),
  ({ type, url }, path, report) => {
    if (url && !/^https?:\/\//i.test(url)) {
      report.issue(
        fieldPath(path, 'url'),
        'wrong_form',
        'must begin with http:// or https://; {port} stands for the port that the hub picks',
      );
    }
    if (type !== 'stdio' && !url) {
      report.issue(
        fieldPath(path, 'url'),
        'required',
        `is required for the transport ${type}, for example http://localhost:{port}/mcp`,
      );
    }
  },
);

const args = defaulted(list(argument, { max: 200 }), () => []);

/** A package that can be run (hub-api.md, section 1, "Package"; hosting.md, "Packages"). */
export const packageSchema: Schema<ServerPackage> = checked(
  object(
    {
      registry_name: required(mapped(text({ min: 1, max: 50 }), (name) => name.toLowerCase())),
      name: required(plainText({ min: 1, max: 500 })),
      version: defaulted(plainText({ max: 255 }), () => ''),
      transport: optional(transport),
      runtime_hint: optional(text({ min: 1, max: 50, pattern: /^[\w.-]+$/, be: 'the name of a command, such as npx' })),
      package_arguments: args,
      runtime_arguments: args,
      environment_variables: defaulted(list(environmentVariable, { max: 200 }), () => []),
    },
    { ignored: ['resolved_version'] },
  ),
  ({ registry_name, name, version, environment_variables }, path, report) => {
    const nameRefusal = packageNameRefusal(registry_name, name);
    if (nameRefusal !== undefined) report.issue(fieldPath(path, 'name'), 'wrong_name', nameRefusal);
    const versionRefusal = packageVersionRefusal(registry_name, version);
    if (versionRefusal !== undefined) report.issue(fieldPath(path, 'version'), 'wrong_version', versionRefusal);
    const at = fieldPath(path, 'environment_variables');
    refuseDuplicates(
      environment_variables,
      (each) => each.name,
      (index) => fieldPath(itemPath(at, index), 'name'),
      report,
    );
  },
);
