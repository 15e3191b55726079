/** The time, as an argument: `now()` is milliseconds since the Unix epoch. */
export abstract class Clock {
  abstract now(): number;
}
