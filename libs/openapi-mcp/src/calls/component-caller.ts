import { ArgumentValidator } from '../arguments/validate-arguments.js';
import type {
  Component,
  ResourceComponent,
  ResourceTemplateComponent,
  ToolComponent,
} from '../components/component.js';
import type { JsonObject } from '../document/json.js';
import { errorResult, textContent, type CallResult } from '../response/call-result.js';
import { statusLine } from '../response/http-status.js';
import { mapContents } from '../response/map-contents.js';
import { describeFailure } from '../response/map-failure.js';
import { mapSuccess } from '../response/map-success.js';
import { OutputCheck } from '../response/output-check.js';
import { readAnswer } from '../response/read-answer.js';
import { AccessTokens } from './access-tokens.js';
import { ApiExchange, type CallContext, type Exchange, type ExchangeParts } from './api-exchange.js';
import { matchTemplate } from './match-template.js';

export interface CallerOptions {
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>;
  /** For one call, retries included. */
  timeoutMs: number;
  /** Of a result's text, and again of its structured content; larger answers are cut. */
  maxResultBytes?: number;
  retry?: ExchangeParts['retry'];
}

export interface CallerParts extends Pick<ExchangeParts, 'fetch' | 'timers' | 'random'> {
  /** To be shared by callers of the same API; its own unless given. */
  tokens?: AccessTokens;
  options: CallerOptions;
}

export interface ToolCall extends CallContext {
  args: JsonObject;
}

export type ReadResult = { ok: true; contents: JsonObject[] } | { ok: false; code: number; message: string };

/**
 * More than a model can take in, and little enough that a message with it twice (text and structured content) stays
 * below the 4 MiB at which MCP implementations stop reading.
 */
export const defaultMaxResultBytes = 1024 * 1024;

/** JSON-RPC's, and MCP's for a resource that is not there. */
const codes = { invalidParams: -32602, internalError: -32603, resourceNotFound: -32002 } as const;

/**
 * Calls the components of a document: validates, sends, maps the answer (openapi-to-mcp.md, sections 4, 5 and 7).
 * What goes wrong on the way to the API, or there, is a result with `isError`, or the error of a read.
 */
export class ComponentCaller {
  readonly #exchange: ApiExchange;
  readonly #outputs = new OutputCheck();
  readonly #maxResultBytes: number;

  constructor({ fetch, timers, random, tokens, options }: CallerParts) {
    this.#maxResultBytes = options.maxResultBytes ?? defaultMaxResultBytes;
    this.#exchange = new ApiExchange({
      fetch,
      timers,
      random,
      tokens: tokens ?? new AccessTokens({ fetch, timers, random }),
      validator: new ArgumentValidator(),
      headers: options.headers,
      timeoutMs: options.timeoutMs,
      ...(options.retry === undefined ? {} : { retry: options.retry }),
    });
  }

  /** @throws the reason of `signal` once that is aborted */
  async callTool(component: ToolComponent, { args, ...context }: ToolCall): Promise<CallResult> {
    const exchange = await this.#exchange.send(component, args, context);
    if (exchange.kind === 'refused') return refusal(exchange.problems);
    if (exchange.kind === 'failed') return errorResult(exchange.message);
    const failure = this.#failureOf(exchange);
    if (failure !== undefined) return errorResult(failure);
    const { head, body, isWhole } = exchange;
    const result = mapSuccess(readAnswer(head.headers.get('content-type'), body), {
      toolName: component.name,
      hasOutputSchema: component.outputSchema !== undefined,
      maxResultBytes: this.#maxResultBytes,
    });
    if (!isWhole) result.content.push(textContent(brokenOff));
    return this.#outputs.check(component, result, statusLine(head));
  }

  /**
   * @param uri that of the resource, or one that a template expands to
   * @throws the reason of `signal` once that is aborted
   */
  async readResource(
    component: ResourceComponent | ResourceTemplateComponent,
    uri: string,
    context: CallContext,
  ): Promise<ReadResult> {
    const matched = argumentsFor(component, uri);
    if (!matched.ok) return matched;
    const exchange = await this.#exchange.send(component, matched.args, context);
    if (exchange.kind === 'refused') return failed(codes.invalidParams, refusalText(exchange.problems));
    if (exchange.kind === 'failed') return failed(codes.internalError, exchange.message);
    const failure = this.#failureOf(exchange);
    if (failure !== undefined) {
      const isMissing = exchange.head.status === 404 || exchange.head.status === 410;
      return failed(isMissing ? codes.resourceNotFound : codes.internalError, failure);
    }
    const { head, body, isWhole } = exchange;
    const contentType = head.headers.get('content-type');
    const contents = mapContents(uri, contentType, readAnswer(contentType, body), this.#maxResultBytes);
    if (!isWhole) contents.push({ uri, mimeType: 'text/plain', text: brokenOff });
    return { ok: true, contents };
  }

  #failureOf({ head, body, secrets }: Extract<Exchange, { kind: 'answered' }>): string | undefined {
    if (head.status >= 200 && head.status < 300) return undefined;
    return describeFailure(head, body, secrets, this.#maxResultBytes);
  }
}

const brokenOff = 'Cut: the answer is a stream that had not ended when the time of the call was over.';

function argumentsFor(component: Exclude<Component, ToolComponent>, uri: string) {
  const unknown = failed(codes.resourceNotFound, `There is no resource "${uri}".`);
  if (component.kind === 'resource') return component.uri === uri ? ({ ok: true, args: {} } as const) : unknown;
  const matched = matchTemplate(component, uri);
  if (matched.kind === 'other') return unknown;
  if (matched.kind === 'invalid') return failed(codes.invalidParams, refusalText([matched.problem]));
  return { ok: true, args: matched.args } as const;
}

function failed(code: number, message: string) {
  return { ok: false, code, message } as const;
}

function refusal(problems: readonly string[]): CallResult {
  return errorResult(refusalText(problems));
}

function refusalText(problems: readonly string[]): string {
  const title = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return [`Nothing was sent: ${title} with the arguments.`, ...problems.map((one) => `- ${one}`)].join('\n');
}
