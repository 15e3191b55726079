/** How a leg's clients speak: as of 2026-07-28, in a session as of 2025-11-25, or by the HTTP+SSE transport of 2024-11-05. */
export type Dialect = 'modern' | 'session' | 'http-sse';

/** The call that a leg gets, and what its answer has to be. */
export interface ToolCall {
  name: string;
  arguments: Readonly<Record<string, unknown>>;
  /** Text that the result's content holds: an answer without it is an error. */
  answer: string;
  /** So many progress notifications come before the result; the client asks for them, and gets a stream of events. */
  progress?: number;
}

/** Where and how a leg takes its calls. */
export interface Target {
  port: number;
  path: string;
  dialect: Dialect;
  call: ToolCall;
}

const message = 'hello, hub';

/** The call of most legs. @param name of the tool, where a hub before the server changes it */
export function echoTool(name = 'echo'): ToolCall {
  return { name, arguments: { message }, answer: `Echo: ${message}` };
}

/** One whose answer is a stream of events. */
export const countTool: ToolCall = { name: 'count', arguments: { steps: 3 }, answer: 'Counted to 3', progress: 3 };
