import { statusLine } from './http-status.js';
import { limitedJson, limitedText } from './limited-content.js';
import { maskSecrets } from './mask-secrets.js';
import { readAnswer, type Answer } from './read-answer.js';

/** An answer without its body. */
export interface AnswerHead {
  status: number;
  statusText: string;
  headers: { get(name: string): string | null };
}

/** What an error has to say is said by then; the rest is a page for browsers. */
const maxErrorBytes = 64 * 1024;

/**
 * What an answer says that is no success: `HTTP 404 Not Found`, where a redirect leads or when to come again, and the
 * body, cut, each on lines of its own (openapi-to-mcp.md, section 7).
 *
 * @param secrets are masked: APIs like to repeat what they were sent
 */
export function describeFailure(
  head: AnswerHead,
  body: Uint8Array,
  secrets: readonly string[],
  maxResultBytes: number,
): string {
  const lines = [statusLine(head)];
  const isRedirect = head.status >= 300 && head.status < 400;
  for (const name of isRedirect ? ['Location', 'Retry-After'] : ['Retry-After']) {
    const value = head.headers.get(name);
    if (value !== null) lines.push(`${name}: ${value}`);
  }
  const masked = lines.map((line) => maskSecrets(line, secrets));
  const answer = readAnswer(head.headers.get('content-type'), body);
  return [...masked, ...bodyLines(answer, body, secrets, Math.min(maxResultBytes, maxErrorBytes))].join('\n');
}

function bodyLines(answer: Answer, body: Uint8Array, secrets: readonly string[], maxBytes: number): string[] {
  if (answer.kind === 'empty') return [];
  if (answer.kind !== 'json' && answer.kind !== 'text') {
    const kind = answer.mediaType === '' ? '' : ` of ${answer.mediaType}`;
    return [`(${body.byteLength} bytes${kind})`];
  }
  // Before it is cut, which could leave a part of a secret.
  const text = maskSecrets(answer.text, secrets);
  const limited = isJson(text) ? limitedJson(text, maxBytes) : limitedText(text, maxBytes);
  return [limited.text, ...(limited.note === undefined ? [] : [limited.note])];
}

/** Errors are often JSON that calls itself something else; masked, it may have ceased to be any. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
