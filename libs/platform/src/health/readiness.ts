/** A part of the service without which it can't do its work. */
export interface ReadinessPart {
  /** Constant: `database`, `queue`, `routes`, … */
  name: string;
  isReady(): boolean | Promise<boolean>;
  /** One sentence for the operator, shown while the part is not ready. */
  detail?(): string;
}

export interface PartStatus {
  name: string;
  isReady: boolean;
  /** RFC 3339: since when it is as it is, as far as was observed. */
  since: string;
  detail?: string;
}

export interface ReadinessStatus {
  isReady: boolean;
  parts: PartStatus[];
}

/** Gathers what must be there before a service takes traffic. */
export class Readiness {
  readonly #parts: ReadinessPart[] = [];
  readonly #seen = new Map<string, { isReady: boolean; since: string }>();

  constructor(
    private readonly clock: { now(): number } = { now: () => Date.now() },
    private readonly partTimeoutMs = 2_500,
  ) {}

  register(part: ReadinessPart): void {
    this.#parts.push(part);
    this.#seen.set(part.name, { isReady: false, since: this.#now() });
  }

  /** Asks every part, all at once; one that throws or does not answer in time is not ready. */
  async check(): Promise<ReadinessStatus> {
    const parts = await Promise.all(this.#parts.map((part) => this.#ask(part)));
    return { isReady: parts.every(({ isReady }) => isReady), parts };
  }

  async #ask(part: ReadinessPart): Promise<PartStatus> {
    const isReady = await settledWithin(() => part.isReady(), this.partTimeoutMs);
    let seen = this.#seen.get(part.name);
    if (!seen || seen.isReady !== isReady) {
      seen = { isReady, since: this.#now() };
      this.#seen.set(part.name, seen);
    }
    const detail = isReady ? undefined : part.detail?.();
    return {
      name: part.name,
      isReady,
      since: seen.since,
      ...(detail !== undefined && { detail }),
    };
  }

  #now(): string {
    return new Date(this.clock.now()).toISOString();
  }
}

async function settledWithin(ask: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([Promise.resolve().then(ask), late]);
  } catch {
    // Why a part is not ready is its own `detail` to tell.
    return false;
  } finally {
    clearTimeout(timer);
  }
}
