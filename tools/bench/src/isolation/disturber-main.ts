import type { Target } from '../load/target.js';
import { Disturber } from './disturber.js';

/** To the process of a disturber: begin, or (with neither) end and tell what was told. */
export interface DisturberCommand {
  target?: Target;
  calls?: number;
}

let disturber: Disturber | undefined;

// A process of its own: what it reads must not slow down who measures.
process.on('message', ({ target, calls = 1 }: DisturberCommand) => {
  if (target) {
    disturber = new Disturber(target, calls);
    process.send?.({});
  } else {
    process.send?.(disturber?.stop());
  }
});
process.on('disconnect', () => process.exit(0));
