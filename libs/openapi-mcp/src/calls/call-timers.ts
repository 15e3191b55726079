/** Time, as an argument. */
export interface CallTimers {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs once after `ms`. @returns calls it off */
  after(ms: number, run: () => void): () => void;
}
