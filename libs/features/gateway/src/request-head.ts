/** What identifies a JSON-RPC request. */
export interface RequestHead {
  id: string | number | null;
  method: string | undefined;
}

/**
 * Reads what identifies the requests of a body: one, or those of a batch (2025-03-26).
 *
 * @param body may have been cut off at its end; of a batch nothing is read then
 */
export function readHeads(body: string): RequestHead[] {
  if (!body.startsWith('[')) return body === '' ? [] : [readHead(body)];
  const batch = parsed(body);
  return Array.isArray(batch) ? batch.map((message: unknown) => readHead(JSON.stringify(message))) : [];
}

/** A string, as JSON writes it. */
const jsonString = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
/** A number, `true`, `false` or `null`; at the end of the text it may have been cut. */
const jsonScalar = /[-+.\w]+(?![-+.\w]|$)/y;

/**
 * Reads id and method of a JSON-RPC request, also of one whose end is missing: looks at the members of the outermost
 * object only, as far as the text goes.
 */
export function readHead(text: string): RequestHead {
  const head: RequestHead = { id: null, method: undefined };
  let depth = 0;
  let key: unknown;
  let isKeyNext = false;
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at);
    if (token === undefined || (depth === 0 && token === '[')) return head;
    at += token.length;
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth !== 1 || /^[\s:}\]]/.test(token)) continue;
    if (token === '{' || token === ',') isKeyNext = true;
    else if (isKeyNext) {
      key = parsed(token);
      isKeyNext = false;
    } else {
      const value = parsed(token);
      if (key === 'method' && typeof value === 'string') head.method = value;
      if (key === 'id' && (typeof value === 'string' || typeof value === 'number')) head.id = value;
    }
  }
  return head;
}

/** @returns undefined where the text ends before the token does */
function tokenAt(text: string, at: number): string | undefined {
  const char = text.charAt(at);
  const pattern = char === '"' ? jsonString : /[-+.\w]/.test(char) ? jsonScalar : undefined;
  if (!pattern) return char;
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(token) as unknown;
  } catch {
    // No JSON after all: nothing is known of this member.
    return undefined;
  }
}
