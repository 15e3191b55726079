import { pino, type DestinationStream, type Logger as Pino } from 'pino';
import { Log, type LogFields } from '@mcp-hub/application';
import type { LogLevel } from '../configuration/hub-config.js';
import { redact } from './redact.js';

export interface LoggerOptions {
  level: LogLevel;
  /** The service: in every line. */
  name: string;
  /** `stdout` for services (default); `stderr` where stdout belongs to people or to a protocol. */
  destination?: 'stdout' | 'stderr' | DestinationStream;
}

/** A `Log` that writes one JSON object a line: `time`, `level`, `name`, `event` and the fields, secrets masked. */
export function createLogger({ level, name, destination = 'stdout' }: LoggerOptions): Log {
  const stream =
    typeof destination === 'string'
      ? pino.destination({ fd: destination === 'stdout' ? 1 : 2, sync: true })
      : destination;
  return new PinoLog(
    pino(
      {
        level,
        base: { name },
        messageKey: 'event',
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      stream,
    ),
  );
}

class PinoLog extends Log {
  constructor(private readonly pino: Pino) {
    super();
  }
  override debug(event: string, fields: LogFields = {}): void {
    if (this.pino.isLevelEnabled('debug')) this.pino.debug(redact(fields), event);
  }
  override info(event: string, fields: LogFields = {}): void {
    if (this.pino.isLevelEnabled('info')) this.pino.info(redact(fields), event);
  }
  override warn(event: string, fields: LogFields = {}): void {
    if (this.pino.isLevelEnabled('warn')) this.pino.warn(redact(fields), event);
  }
  override error(event: string, fields: LogFields = {}): void {
    this.pino.error(redact(fields), event);
  }
}
