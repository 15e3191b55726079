import {
  convertDocument,
  loadDocument,
  ComponentCaller,
  type AccessTokens,
  type CallerOptions,
  type CallResult,
  type CallTimers,
  type ConversionOptions,
  type Diagnostic,
  type FetchOptions,
  type ReadResult,
  type ToolComponent,
} from '../src/index.js';

export interface Recorded extends Omit<FetchOptions, 'signal'> {
  url: string;
}

export interface ApiOptions extends Partial<ConversionOptions> {
  headers?: Record<string, string>;
  forwardedHeaders?: Record<string, string>;
  timeoutMs?: number;
  maxResultBytes?: number;
  /** None unless given. */
  retry?: CallerOptions['retry'];
  timers?: CallTimers;
  tokens?: AccessTokens;
  /** What the API answers; 200 with `{}` where undefined. */
  answer?: (url: string, options: FetchOptions) => Response | Promise<Response>;
}

export interface RecordedApi {
  tools: ToolComponent[];
  diagnostics: Diagnostic[];
  requests: Recorded[];
  tool(name: string): ToolComponent;
  /** Calls the tool of this name, or the only one. */
  call(args: Record<string, unknown>, name?: string, signal?: AbortSignal): Promise<CallResult>;
  /** Reads the resource or template that this URI is of. */
  read(uri: string): Promise<ReadResult>;
}

export const systemTimers: CallTimers = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A conversion that nothing was said about; without output schemas. */
export const plainOptions: ConversionOptions = {
  server_variables: {},
  route_maps: [],
  output_schemas: 'off',
  schema_refs: 'keep',
  exclude_deprecated: false,
};

/** A converted document in front of an API that records what it is sent. */
export function recordedApi(source: unknown, options: ApiOptions = {}): RecordedApi {
  const loaded = loadDocument(source);
  if (!loaded.ok) throw new Error(loaded.message);
  const converted = convertDocument(loaded.document, { ...plainOptions, ...options });
  if (!converted.ok) throw new Error(converted.message);
  const tools = converted.components.filter((component) => component.kind === 'tool');
  const requests: Recorded[] = [];
  const caller = new ComponentCaller({
    fetch: async (url, init) => {
      const { signal: _signal, ...sent } = init;
      requests.push({ url, ...sent });
      return options.answer?.(url, init) ?? new Response('{}', { headers: { 'content-type': 'application/json' } });
    },
    timers: options.timers ?? systemTimers,
    random: () => 0,
    ...(options.tokens === undefined ? {} : { tokens: options.tokens }),
    options: {
      headers: options.headers ?? {},
      timeoutMs: options.timeoutMs ?? 10_000,
      retry: options.retry ?? { attempts: 1, baseDelayMs: 0 },
      ...(options.maxResultBytes === undefined ? {} : { maxResultBytes: options.maxResultBytes }),
    },
  });
  const context = { forwardedHeaders: options.forwardedHeaders ?? {}, signal: new AbortController().signal };
  const tool = (name?: string) => {
    const found = name === undefined ? tools[0] : tools.find((one) => one.name === name);
    if (!found) throw new Error(`no tool ${name ?? ''} among ${tools.map((one) => one.name).join(', ')}`);
    return found;
  };
  return {
    tools,
    diagnostics: converted.diagnostics,
    requests,
    tool,
    call: (args, name, signal = context.signal) => caller.callTool(tool(name), { ...context, args, signal }),
    read: (uri) => {
      const name = /^resource:\/\/([^/?]+)/.exec(uri)?.[1];
      const found = converted.components.find((one) => one.kind !== 'tool' && one.name === name);
      if (!found || found.kind === 'tool') throw new Error(`no resource ${uri}`);
      return caller.readResource(found, uri, context);
    },
  };
}

/** A document with these paths at https://api.example/v1. */
export function aDocument(paths: Record<string, unknown>, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: { title: 'Things', version: '1.2.3' },
    servers: [{ url: 'https://api.example/v1' }],
    paths,
    ...rest,
  };
}

/** A document with one operation. */
export function anOperation(
  route: string,
  operation: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
): Record<string, unknown> {
  const [method = '', path = ''] = route.split(' ');
  return aDocument({ [path]: { [method.toLowerCase()]: operation } }, rest);
}

export function aParameter(place: string, name: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return { in: place, name, schema: {}, ...rest };
}

export function jsonBody(schema: unknown, required = true): Record<string, unknown> {
  return { required, content: { 'application/json': { schema } } };
}
