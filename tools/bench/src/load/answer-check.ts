import type { ToolCall } from './target.js';

/** What an answer is judged by. */
export interface Answer {
  status: number;
  contentType: string;
  body: Buffer;
}

interface Message {
  id?: unknown;
  method?: string;
  result?: { content?: { text?: unknown }[]; isError?: boolean };
}

/**
 * Judges answers to one call. One that has the same bytes as a good one before it, but for the id, is good: so most of
 * them need no parsing.
 */
export class AnswerCheck {
  readonly #expected: Pick<ToolCall, 'answer' | 'progress'>;
  #good: { body: Buffer; idAt: number } | undefined;

  constructor(expected: Pick<ToolCall, 'answer' | 'progress'>) {
    this.#expected = expected;
  }

  /** Why an answer is no success; undefined for one that is. @param id of the request */
  failureOf(answer: Answer, id: number): string | undefined {
    const text = String(id);
    if (answer.status === 200 && this.#isAsBefore(answer.body, text)) return undefined;
    const failure = failureOf(answer, id, this.#expected);
    const idAt = answer.body.indexOf(`"id":${text}`) + '"id":'.length;
    if (failure === undefined) this.#good = { body: Buffer.from(answer.body), idAt };
    return failure;
  }

  #isAsBefore(body: Buffer, id: string): boolean {
    const good = this.#good;
    if (good?.body.length !== body.length) return false;
    good.body.write(id, good.idAt, 'latin1');
    return good.body.equals(body);
  }
}

/** Why an answer to a `tools/call` is no success; undefined for one that is. */
export function failureOf(
  { status, contentType, body }: Answer,
  id: number,
  expected: Pick<ToolCall, 'answer' | 'progress'>,
): string | undefined {
  const text = body.toString('utf8');
  const told = `${status}: ${text.slice(0, 300)}`;
  if (status !== 200) return told;
  try {
    const messages = (contentType === 'text/event-stream' ? eventData(text) : [text]).map(
      (data) => JSON.parse(data) as Message,
    );
    const last = messages.at(-1);
    const steps = messages.filter(({ method }) => method === 'notifications/progress').length;
    const { content, isError } = last?.result ?? {};
    const isAnswer = last?.id === id && isError !== true && Array.isArray(content);
    const isRight = isAnswer && content.some(({ text: part }) => String(part).includes(expected.answer));
    return isRight && steps === (expected.progress ?? 0) ? undefined : told;
  } catch {
    // Not JSON: no answer of an MCP server.
    return told;
  }
}

/** What the events of a stream carry; those without data are left out. */
export function eventData(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data:') && line.trim().length > 'data:'.length)
    .map((line) => line.slice('data:'.length));
}
