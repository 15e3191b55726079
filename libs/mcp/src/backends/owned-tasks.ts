import type { JsonObject, McpCall, McpCaller, McpOutcome } from '@mcp-hub/application';
import { isObject } from '../wire/json-rpc.js';
import { errorCode } from '../wire/protocol.js';
import { CallerNames } from './caller-names.js';
import { isModernCall } from './upstream-params.js';

const methods: ReadonlySet<string> = new Set(['tasks/get', 'tasks/result', 'tasks/cancel', 'tasks/list']);

/** The task that a message of the server belongs to (2025-11-25, "Related task metadata"). */
export function relatedTaskOf({ _meta }: JsonObject): unknown {
  const related = isObject(_meta) ? _meta['io.modelcontextprotocol/related-task'] : undefined;
  return isObject(related) ? related['taskId'] : undefined;
}

/**
 * Tasks of a server that many share (2025-11-25, "Tasks", security considerations): each is its caller's; to others it
 * does not exist. They are remembered as long as the connection to the server lives.
 */
export class OwnedTasks {
  readonly #names = new CallerNames();

  /** Of requests that became tasks: their progress goes on. */
  readonly progressTokens = new CallerNames();

  isOf(taskId: unknown, caller: McpCaller | undefined): boolean {
    return this.#names.isOf(String(taskId), caller);
  }

  /** @returns why the request does not go to the server */
  refusalOf({ method, params }: McpCall, caller: McpCaller): McpOutcome | undefined {
    if (!methods.has(method)) return undefined;
    // 2026-07-28 has tasks as an extension only, which is another one.
    if (isModernCall(params)) return { kind: 'error', code: errorCode.methodNotFound, message: 'Method not found' };
    if (method === 'tasks/list' || this.isOf(params['taskId'], caller)) return undefined;
    return { kind: 'error', code: errorCode.invalidParams, message: 'Task not found' };
  }

  /** Params without what is not for the server: a client of 2026-07-28 would not know what to do with a task. */
  paramsOf({ params }: McpCall): JsonObject {
    if (params['task'] === undefined || !isModernCall(params)) return params;
    const { task: _, ...rest } = params;
    return rest;
  }

  /** Learns whose a new task is, and shows each caller his own. */
  outcomeOf({ method }: McpCall, caller: McpCaller, outcome: McpOutcome): McpOutcome {
    if (outcome.kind !== 'complete') return outcome;
    const { task, tasks } = outcome.result;
    if (isObject(task) && typeof task['taskId'] === 'string') this.#names.learn(task['taskId'], caller);
    if (method !== 'tasks/list' || !Array.isArray(tasks)) return outcome;
    const own = tasks.filter((one) => isObject(one) && this.isOf(one['taskId'], caller));
    return { kind: 'complete', result: { ...outcome.result, tasks: own } };
  }
}
