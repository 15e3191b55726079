import { describe, expect, it, vi } from 'vitest';

import { provideServer } from './provide-server.js';
import type { RunningServer } from './running-server.js';
import { ServerUnavailable } from './server-errors.js';

const unavailable = (): Promise<RunningServer> => Promise.reject(new ServerUnavailable('Install it.'));

describe('provideServer', () => {
  it('fails the run in CI where the server cannot be had', async () => {
    vi.stubEnv('CI', 'true');
    const provided: unknown[] = [];
    await expect(provideServer('Redis', unavailable, (url) => provided.push(url))).rejects.toThrow('Install it.');
    expect(provided).toEqual([]);
  });

  it('lets a developer go on without the server', async () => {
    vi.stubEnv('CI', undefined);
    const provided: unknown[] = [];
    expect(await provideServer('Redis', unavailable, (url) => provided.push(url))).toBeUndefined();
    expect(provided).toEqual([undefined]);
  });

  it('does not hide that an installed server fails', async () => {
    vi.stubEnv('CI', undefined);
    const broken = (): Promise<RunningServer> => Promise.reject(new Error('It broke.'));
    await expect(provideServer('Redis', broken, () => undefined)).rejects.toThrow('It broke.');
  });
});
