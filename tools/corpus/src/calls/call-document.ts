import { createRequire } from 'node:module';
import { convertDocument, ComponentCaller, type Component, type ToolComponent } from '@mcp-hub/openapi-mcp';
import { conversionOptions } from '../conversion-options.js';
import { readWithExternals } from '../read-document.js';
import type { CorpusDocument } from '../sources.js';
import { isObject, type JsonObject } from '../walk-schema.js';
import { ValueGenerator } from './generate-value.js';
import { RequestJudge } from './judge-request.js';
import { seededRandom } from './random.js';
import { RecordingApi, type ReceivedRequest } from './recording-api.js';

/** What came of the calls of one operation. */
export interface CallOutcome {
  /** `GET /things/{id}` */
  operation: string;
  /** Empty where all its requests are right. */
  problems: string[];
}

export interface CallsReport {
  id: string;
  outcomes: CallOutcome[];
  /** The document itself could not be called. */
  failure?: string;
}

/** Each operation is called once with what is required only, once with most of what it takes. */
const shares = [0, 0.7] as const;
/** A generated value that the schema does not allow is made anew. */
const attempts = 5;

interface SwaggerConverter {
  convertObj(document: unknown, options: JsonObject): Promise<{ openapi: JsonObject }>;
}
const swagger = createRequire(import.meta.url)('swagger2openapi') as SwaggerConverter;

/** Calls every operation of a document, and has every request judged. Does not throw. */
export async function callDocument({ id, file }: CorpusDocument): Promise<CallsReport> {
  const api = new RecordingApi();
  await api.start();
  try {
    const document = await readWithExternals(file);
    const converted = convertDocument(document, conversionOptions());
    if (!converted.ok) return { id, outcomes: [], failure: converted.message };
    const root = await asOpenApi3(document.root);
    const caller = new ComponentCaller({
      fetch: api.fetch,
      timers: { now: () => Date.now(), after: () => () => undefined },
      random: () => 0,
      options: { headers: {}, timeoutMs: 60_000, retry: { attempts: 1, baseDelayMs: 0 } },
    });
    const outcomes: CallOutcome[] = [];
    for (const component of converted.components) {
      if (component.kind === 'tool') outcomes.push(await callOperation(component, { api, caller, root, id }));
    }
    return { id, outcomes };
  } catch (error) {
    return { id, outcomes: [], failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    await api.close();
  }
}

interface Setting {
  api: RecordingApi;
  caller: ComponentCaller;
  root: JsonObject;
  id: string;
}

async function callOperation(component: ToolComponent, setting: Setting): Promise<CallOutcome> {
  const { method, path } = component.operation;
  const operation = `${method} ${path}`;
  const problems: string[] = [];
  try {
    const requests: ReceivedRequest[] = [];
    for (const share of shares) {
      const sent = await callOnce(component, share, setting);
      if (typeof sent === 'string') problems.push(`nothing sent: ${sent}`);
      else requests.push(sent);
    }
    const judge = new RequestJudge(setting.root, { path, method: method.toLowerCase() }, requests);
    for (const request of requests) problems.push(...(await judge.judge(request, basePathOf(component))));
  } catch (error) {
    problems.push(`exception: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { operation, problems: [...new Set(problems)] };
}

/** @returns the request, or what the caller was told where none was sent */
async function callOnce(
  component: ToolComponent,
  shareOfOptional: number,
  { api, caller, id }: Setting,
): Promise<ReceivedRequest | string> {
  let refusal = '';
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const random = seededRandom(`${id} ${component.name} ${shareOfOptional} ${attempt}`);
    const generator = new ValueGenerator(component.inputSchema, { random, shareOfOptional });
    const generated = generator.value(component.inputSchema);
    const args = isObject(generated) ? fitting(component, generated, generator) : {};
    const context = { forwardedHeaders: {}, signal: new AbortController().signal };
    const result = await caller.callTool(component, { args, ...context });
    const request = api.take();
    if (request) return request;
    refusal = JSON.stringify(result.content).slice(0, 400);
  }
  return refusal;
}

/**
 * What the flat schema can't say: once an optional body has one property, those that it demands must be there; and a media
 * type that is chosen must fit the body that was made up, so the shape of the body chooses.
 */
function fitting(
  { bindings, inputSchema }: ToolComponent,
  generated: JsonObject,
  generator: ValueGenerator,
): JsonObject {
  const chosen = new Set([...bindings.values()].filter(({ place }) => place === 'content-type').map(({ key }) => key));
  const args = Object.fromEntries(Object.entries(generated).filter(([key]) => !chosen.has(key)));
  const ofBody = [...bindings.values()].filter((binding) => binding.place === 'property');
  if (!ofBody.some(({ key }) => Object.hasOwn(args, key))) return args;
  const schemas = isObject(inputSchema.properties) ? inputSchema.properties : {};
  const missing = ofBody.filter(({ key, isRequired }) => isRequired && !Object.hasOwn(args, key));
  return { ...args, ...Object.fromEntries(missing.map(({ key }) => [key, generator.value(schemas[key], 1)])) };
}

function basePathOf({ serverUrl }: Component): string {
  return new URL(serverUrl).pathname.replace(/\/$/, '');
}

/** By a converter that is not ours, so that its reading of Swagger 2.0 is the measure. */
async function asOpenApi3(root: JsonObject): Promise<JsonObject> {
  if (root.swagger === undefined) return root;
  const { openapi } = await swagger.convertObj(structuredClone(root), { patch: true, warnOnly: true, resolve: false });
  return openapi;
}
