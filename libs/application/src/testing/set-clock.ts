import { Clock } from '../ports/clock.port.js';

/** Shows the time that a test set last, in ms since the Unix epoch. */
export class SetClock extends Clock {
  constructor(public time = 0) {
    super();
  }

  now(): number {
    return this.time;
  }
}
