import type { Binding, ComponentBase } from '../src/components/component.js';
import type { BodyContent, Operation, Parameter } from '../src/operations/operation.js';
import { buildRequest, type BuiltRequest, type UpstreamRequest } from '../src/request/build-request.js';
import type { HeaderSources } from '../src/request/request-headers.js';

export const base = 'https://api.example/v1';

/** A parameter as the representation has it, with the defaults of its place. */
export function parameter(given: Partial<Parameter> & Pick<Parameter, 'name' | 'place'>): Parameter {
  const isForm = given.place === 'query' || given.place === 'cookie' || given.place === 'querystring';
  const style = given.style ?? (isForm ? 'form' : 'simple');
  return {
    pointer: '',
    isRequired: given.place === 'path',
    style,
    isExploded: style === 'form' || style === 'cookie',
    allowsReserved: false,
    isMultiSegment: false,
    schema: {},
    schemaPointer: '',
    ...given,
  };
}

export interface RequestOf {
  method?: string;
  path?: string;
  parameters?: Parameter[];
  /** The properties of the body by name, with their client's schemas; in the order of the schema. */
  properties?: Record<string, unknown>;
  /** Those of the properties that are bytes. */
  files?: string[];
  /** The client's schema of the body as one argument, `body`. */
  whole?: unknown;
  content?: Partial<BodyContent> & Pick<BodyContent, 'mediaType' | 'kind'>;
  args?: Record<string, unknown>;
  sources?: Partial<HeaderSources>;
}

/** The request of an operation that was not read from a document: every argument's key is its name. */
export function built(of: RequestOf): BuiltRequest {
  const bodies = of.content
    ? [{ schema: {}, schemaPointer: '', encoding: new Map<string, never>(), ...of.content }]
    : [];
  const operation: Operation = {
    pointer: '',
    method: of.method ?? (of.content ? 'POST' : 'GET'),
    path: of.path ?? '/t',
    tags: [],
    isDeprecated: false,
    parameters: of.parameters ?? [],
    responseTypes: [],
    servers: [],
  };
  const bindings = [
    ...operation.parameters.map((one): Binding => ({ key: one.name, place: 'parameter', parameter: one })),
    ...Object.keys(of.properties ?? {}).map((name): Binding => ({
      key: name,
      place: 'property',
      name,
      isRequired: false,
      ...(of.files?.includes(name) ? { isBinary: true } : {}),
    })),
    ...(of.whole === undefined ? [] : [{ key: 'body', place: 'body' } satisfies Binding]),
  ];
  const component: ComponentBase = {
    name: 'tool',
    operation,
    inputSchema: {
      type: 'object',
      properties: { ...of.properties, ...(of.whole === undefined ? {} : { body: of.whole }) },
    },
    bindings: new Map(bindings.map((binding) => [binding.key, binding])),
    bodies,
    isBodyRequired: false,
    hasOpenBody: false,
    serverUrl: base,
    credentials: [],
  };
  return buildRequest(component, of.args ?? {}, { configured: {}, forwarded: {}, credentials: [], ...of.sources });
}

export function request(of: RequestOf): UpstreamRequest {
  const result = built(of);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.request;
}

export function problemsOf(of: RequestOf): string[] {
  const result = built(of);
  return result.ok ? [] : result.problems;
}
