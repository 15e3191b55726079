import { Log, type LogFields } from '../ports/log.port.js';

export interface LoggedEvent {
  level: 'debug' | 'info' | 'warn' | 'error';
  event: string;
  fields: LogFields;
}

/** A `Log` for tests: keeps what it is told. */
export class RecordingLog extends Log {
  readonly events: LoggedEvent[] = [];

  named(event: string): LoggedEvent[] {
    return this.events.filter((logged) => logged.event === event);
  }
  clear(): void {
    this.events.length = 0;
  }
  override debug(event: string, fields: LogFields = {}): void {
    this.events.push({ level: 'debug', event, fields });
  }
  override info(event: string, fields: LogFields = {}): void {
    this.events.push({ level: 'info', event, fields });
  }
  override warn(event: string, fields: LogFields = {}): void {
    this.events.push({ level: 'warn', event, fields });
  }
  override error(event: string, fields: LogFields = {}): void {
    this.events.push({ level: 'error', event, fields });
  }
}
