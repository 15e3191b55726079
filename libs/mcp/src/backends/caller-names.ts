import type { McpCaller } from '@mcp-hub/application';

/** More than that are not remembered: the oldest are forgotten, as if their server had. */
const maxNames = 10_000;

interface Known {
  owner: string;
  theirs: unknown;
}

/**
 * Whose the names are that a shared server gave out or was given (of tasks, of elicitations, progress tokens): what it
 * says of them later is for that caller alone.
 */
export class CallerNames {
  readonly #known = new Map<string, Known>();

  /** @param theirs what the caller knows it by, where that is something else */
  learn(name: string, caller: McpCaller, theirs: unknown = name): void {
    const owner = ownerOf(caller);
    if (owner === undefined) return;
    this.#known.delete(name);
    this.#known.set(name, { owner, theirs });
    if (this.#known.size <= maxNames) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  isOf(name: string, caller: McpCaller | undefined): boolean {
    const known = this.#known.get(name);
    return known !== undefined && caller !== undefined && ownerOf(caller) === known.owner;
  }

  /** What its caller knows it by; undefined where it is nobody's. */
  theirs(name: string): unknown {
    return this.#known.get(name)?.theirs;
  }
}

/** Without authentication everybody is anonymous: only a session tells one from the other then. */
function ownerOf({ id, session }: McpCaller): string | undefined {
  if (id !== 'anonymous') return `caller ${id}`;
  return session === undefined ? undefined : `session ${session}`;
}
