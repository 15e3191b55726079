export interface CallerEvents {
  /** Told of each answer: how long it took, and why it is no success where it is none. */
  onAnswer: (latencyMs: number, failure: string | undefined) => void;
  /** Everything that the caller had is closed. */
  onEnd: () => void;
}

/** A client that makes the same call again as soon as it is answered. */
export interface Caller {
  /** Ends once the call in flight is answered. */
  stop: () => void;
}
