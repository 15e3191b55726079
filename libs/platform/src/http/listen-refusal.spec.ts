import { expect, it } from 'vitest';
import { listenRefusal } from './listen-refusal.js';

const place = { host: '192.0.2.1', port: 8080, section: 'api' } as const;

it.each([
  ['EADDRINUSE', 'Port 8080 is in use: set api.port (MCP_REGISTRY_API_PORT) or stop what listens there.'],
  [
    'EACCES',
    'Port 8080 is not free for every user of this machine: set api.port (MCP_REGISTRY_API_PORT) to one above 1023.',
  ],
  ['EADDRNOTAVAIL', '192.0.2.1 is no address of this machine: set api.host (MCP_REGISTRY_API_HOST).'],
  ['ENOTFOUND', '192.0.2.1 is no address of this machine: set api.host (MCP_REGISTRY_API_HOST).'],
])('says what to change after %s', (code, message) => {
  const cause = Object.assign(new Error('listen failed'), { code });
  const refusal = listenRefusal(cause, place);
  expect([refusal?.message, refusal?.cause]).toEqual([message, cause]);
});

it('names the settings of the service that was refused', () => {
  const refusal = listenRefusal(Object.assign(new Error(), { code: 'EADDRINUSE' }), { ...place, section: 'worker' });
  expect(refusal?.message).toContain('worker.port (MCP_REGISTRY_WORKER_PORT)');
});

it.each([new Error('something else'), 'text', undefined])('leaves other failures alone', (error) => {
  expect(listenRefusal(error, place)).toBeUndefined();
});
