/** Delayed work, as an argument. The work never keeps a process alive by itself. */
export interface Timers {
  /** Runs once after `ms`. @returns calls it off */
  after(ms: number, run: () => void): () => void;
  /** Runs every `ms`. @returns ends it */
  every(ms: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
};
