import type { LoggerService } from '@nestjs/common';
import type { Log } from '@mcp-hub/application';

/** Brings what Nest itself says into the log, one event per level; its start-up chatter is for debugging. */
export class NestLogger implements LoggerService {
  constructor(private readonly target: Log) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.target.debug('nest.message', fields(message, rest));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.target.debug('nest.message', fields(message, rest));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.target.debug('nest.message', fields(message, rest));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.target.warn('nest.warning', fields(message, rest));
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.target.error('nest.error', fields(message, rest));
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.target.error('nest.error', fields(message, rest));
  }
}

function fields(message: unknown, rest: unknown[]): Record<string, unknown> {
  const context = rest.at(-1);
  return {
    ...(message instanceof Error ? { error: message } : { message }),
    ...(typeof context === 'string' && !context.includes('\n') && { context }),
  };
}
