import { Clock } from '@mcp-hub/application';

/** The contract suites run in real time. */
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
}
