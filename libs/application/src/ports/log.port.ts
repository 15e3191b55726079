export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Structured logging: a constant event name (`server.loaded`) and fields. Payloads, headers and tool arguments are never
 * given to it; an error goes into the field `error`. Each error is logged once, where it is handled.
 */
export abstract class Log {
  abstract debug(event: string, fields?: LogFields): void;
  abstract info(event: string, fields?: LogFields): void;
  abstract warn(event: string, fields?: LogFields): void;
  abstract error(event: string, fields?: LogFields): void;
}
