import { open, stat, unlink, utimes } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const renewMs = 2_000;
const staleMs = 10_000;
const lookMs = 200;

/**
 * Runs work while holding a file as a lock, so that of several processes one does it and the others wait. Nothing may
 * depend on it but effort: one that is not renewed for 10 s, because its process was killed, is taken over, and two may
 * take it over at the same time.
 *
 * @throws the signal's reason
 */
export async function withLock<Value>(file: string, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  while (!(await acquire(file))) {
    signal.throwIfAborted();
    if (await isStale(file)) await unlink(file).catch(() => undefined);
    else await pause(lookMs);
  }
  const renewal = setInterval(() => {
    const now = new Date();
    // Somebody took it over: this one goes on, and whoever is second finds the result.
    utimes(file, now, now).catch(() => undefined);
  }, renewMs);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await unlink(file).catch(() => undefined);
  }
}

async function acquire(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > staleMs;
  } catch {
    // It was released between the two looks.
    return false;
  }
}
