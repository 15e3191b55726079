import { buildArguments, type Arguments } from './build-arguments.js';
import type { ComponentContext, ComponentParts } from './build-tool.js';
import type { Binding, ResourceComponent, ResourceTemplateComponent } from './component.js';
import { joined, listingOf } from './listing.js';
import { ownArray, ownObject, type JsonObject } from '../document/json.js';
import type { Operation, ParameterPlace } from '../operations/operation.js';
import { placeholdersOf } from '../operations/path-template.js';

/** An operation without arguments as `resource://name` (openapi-to-mcp.md, sections 2, 3 and 7). */
export function buildResource({ tags, ...parts }: ComponentParts, context: ComponentContext): ResourceComponent {
  const { name, operation } = parts;
  const { changes } = context;
  const uri = `resource://${name}`;
  const { description, ...listing } = listingOf(operation, tags, changes);
  return {
    ...parts,
    ...buildArguments(parts, context.references, context.schemas, context.diagnostics),
    kind: 'resource',
    uri,
    listed: {
      uri,
      name,
      ...listing,
      description: joined(changes?.prefix_resources, description),
      ...mimeTypeOf(operation),
    },
  };
}

/**
 * An operation whose arguments are in its address as `resource://name/{p}{?a,b}`: path parameters in the order of the
 * path, then the query. The keys of its arguments are the variables of the template.
 */
export function buildTemplate(
  { tags, ...parts }: ComponentParts,
  context: ComponentContext,
): ResourceTemplateComponent {
  const { name, operation } = parts;
  const { changes } = context;
  const args = withVariableKeys(buildArguments(parts, context.references, context.schemas, context.diagnostics));
  const uriTemplate = `resource://${name}${pathOf(operation, args)}${queryOf(args)}`;
  const { description, ...listing } = listingOf(operation, tags, changes);
  return {
    ...parts,
    ...args,
    kind: 'template',
    uriTemplate,
    listed: {
      uriTemplate,
      name,
      ...listing,
      description: joined(description, changes?.suffix_templates),
      ...mimeTypeOf(operation),
    },
  };
}

function pathOf(operation: Operation, args: Arguments): string {
  const keys = new Map(variablesIn('path', args).map(({ key, parameter }) => [parameter.name, { key, parameter }]));
  const names = [...new Set(placeholdersOf(operation.path).map((placeholder) => placeholder.name))];
  return names
    .flatMap((placeholder) => keys.get(placeholder) ?? [])
    .map(({ key, parameter }) => (parameter.isMultiSegment ? `/{+${key}}` : `/{${key}}`))
    .join('');
}

function queryOf(args: Arguments): string {
  const keys = variablesIn('query', args).map(({ key }) => key);
  return keys.length === 0 ? '' : `{?${keys.join(',')}}`;
}

function variablesIn(place: ParameterPlace, { bindings }: Arguments) {
  return [...bindings.values()]
    .filter((binding) => binding.place === 'parameter')
    .filter((binding) => binding.parameter.place === place);
}

/** Variables of a URI template have no hyphens, and dots only between other characters (RFC 6570, section 2.3). */
function withVariableKeys(args: Arguments): Arguments {
  const taken = new Set([...args.bindings.keys()].filter((key) => variableName(key) === key));
  const renamed = new Map<string, string>();
  for (const key of args.bindings.keys()) {
    let name = variableName(key);
    for (let count = 2; name !== key && taken.has(name); count += 1) name = `${variableName(key)}_${count}`;
    taken.add(name);
    renamed.set(key, name);
  }
  if ([...renamed].every(([from, to]) => from === to)) return args;
  const nameOf = (key: string) => renamed.get(key) ?? key;
  const required = ownArray(args.inputSchema, 'required');
  return {
    ...args,
    inputSchema: {
      ...args.inputSchema,
      properties: Object.fromEntries(
        Object.entries(ownObject(args.inputSchema, 'properties')).map(([key, schema]) => [nameOf(key), schema]),
      ),
      ...(required.length > 0 ? { required: required.map((key) => nameOf(String(key))) } : {}),
    },
    bindings: new Map(
      [...args.bindings].map(([key, binding]): [string, Binding] => [nameOf(key), { ...binding, key: nameOf(key) }]),
    ),
  };
}

function variableName(key: string): string {
  const name = key
    .replaceAll('-', '_')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/^\.|\.$/g, '');
  return name === '' ? 'value' : name;
}

/** Of the response that counts, where it names one type. */
function mimeTypeOf({ response }: Operation): JsonObject {
  const mediaType = response?.contents[0]?.mediaType;
  return mediaType === undefined || mediaType.includes('*') ? {} : { mimeType: mediaType };
}
