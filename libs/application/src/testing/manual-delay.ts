/** Delayed work for tests, done when a test says so. */
export class ManualDelay {
  private readonly waiting = new Set<{ ms: number; run: () => void }>();

  /** How long each piece of work that waits was put off. */
  get waits(): number[] {
    return [...this.waiting].map(({ ms }) => ms);
  }

  after(ms: number, run: () => void): () => void {
    const work = { ms, run };
    this.waiting.add(work);
    return () => {
      this.waiting.delete(work);
    };
  }

  /** Does what waits, and lets what that began come to rest. */
  async runAll(): Promise<void> {
    const due = [...this.waiting];
    this.waiting.clear();
    for (const { run } of due) run();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
