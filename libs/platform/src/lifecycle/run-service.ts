import type { Log } from '@mcp-hub/application';
import { StartRefused } from './start-refused.js';

/** The part of `process` that a service's life depends on. */
export interface ProcessPort {
  on(event: 'SIGINT' | 'SIGTERM' | 'disconnect', listener: () => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (reason: unknown) => void): unknown;
  exit(code: number): void;
  stderr: { write(text: string): unknown };
}

export interface ServiceParts {
  /** Resolves when the service is up. The signal is aborted when it should stop meanwhile. */
  start(signal: AbortSignal): Promise<void>;
  /** Called once, also after a start that failed or was cut short. */
  stop(): Promise<void>;
  log: Log;
  /** Whether something that nobody caught is the fault of code that the service only hosts: it is logged, and the service goes on. */
  isHostedFault?(error: unknown): boolean;
  /** For all of `stop`; default 20 s. */
  stopWithinMs?: number;
  process?: ProcessPort;
}

/**
 * Runs a service until SIGINT, SIGTERM or the end of the process that supervises it: starts it, stops it in order, and
 * ends the process. Exit code 0 after an orderly stop; 1 where the start failed, something was thrown that nobody caught,
 * or the stop took too long; 130 when a second signal forced the end. What a person has to change before it can start
 * (`StartRefused`) is said on stderr, every other failure is logged.
 */
export async function runService(parts: ServiceParts): Promise<void> {
  const { log, stopWithinMs = 20_000, process: host = process } = parts;
  const stopping = new AbortController();
  const stopRequested = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let exitCode = 0;
  let first: string | undefined;

  const onSignal = (signal: string): void => {
    if (stopping.signal.aborted) {
      // Only a person at the keyboard repeats SIGINT; process groups and supervisors repeat the others without meaning it.
      if (signal !== 'SIGINT' || first !== 'SIGINT') return;
      log.warn('service.stop_forced', { signal });
      host.exit(130);
      return;
    }
    first = signal;
    log.info('service.stopping', { signal });
    stopping.abort(new Error(`stopped by ${signal}`));
  };
  const onCrash = (error: unknown): void => {
    if (parts.isHostedFault?.(error) === true) {
      log.error('server.fault', { error });
      return;
    }
    log.error('service.crashed', { error });
    exitCode = 1;
    if (!stopping.signal.aborted) stopping.abort(error);
  };
  host.on('SIGINT', () => onSignal('SIGINT'));
  host.on('SIGTERM', () => onSignal('SIGTERM'));
  // A parent that started the service with a channel is gone: nobody is left to stop it.
  host.on('disconnect', () => onSignal('disconnect'));
  host.on('uncaughtException', onCrash);
  host.on('unhandledRejection', onCrash);

  const started = parts.start(stopping.signal).catch((error: unknown) => {
    if (stopping.signal.aborted) return;
    if (error instanceof StartRefused) host.stderr.write(`${error.message}\n`);
    else log.error('service.start_failed', { error });
    exitCode = 1;
    stopping.abort(error);
  });
  await stopRequested;

  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), stopWithinMs);
  });
  const stopped = started.then(() => parts.stop());
  try {
    if ((await Promise.race([stopped, deadline])) === 'late') {
      log.error('service.stop_timed_out', { stopWithinMs });
      exitCode = 1;
    }
  } catch (error) {
    log.error('service.stop_failed', { error });
    exitCode = 1;
  } finally {
    clearTimeout(timer);
  }
  log.info('service.stopped', { exitCode });
  host.exit(exitCode);
}
