import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { foreignReason, type HostPolicy } from './host-check.js';

const loopback: HostPolicy = {
  allowedHosts: [],
  ownHosts: [],
  allowedOrigins: [],
  isBoundToLoopback: true,
  needsToken: false,
};
const open: HostPolicy = { ...loopback, isBoundToLoopback: false };

const cases: [name: string, policy: HostPolicy, headers: { host?: string; origin?: string }, isTaken: boolean][] = [
  ['no page at all', loopback, { host: 'localhost:8090' }, true],
  ['an address of loopback', loopback, { host: '127.0.0.1:8090' }, true],
  ['loopback of IPv6', loopback, { host: '[::1]:8090' }, true],
  ['a page of the same host', loopback, { host: 'localhost:8090', origin: 'http://localhost:8090' }, true],
  ['a name that was made to point to loopback', loopback, { host: 'evil.example:8090' }, false],
  ['a foreign page', loopback, { host: 'localhost:8090', origin: 'https://evil.example' }, false],
  ['a page without an origin', loopback, { host: 'localhost:8090', origin: 'null' }, false],
  ['a name that begins like loopback', loopback, { host: 'localhost.evil.example' }, false],
  ['no Host', loopback, {}, false],
  ['a Host that is none', loopback, { host: 'a@b' }, false],
  ['the hub’s public name, behind a proxy', { ...loopback, ownHosts: ['hub.example'] }, { host: 'hub.example' }, true],
  [
    'a page of the hub’s public name',
    { ...open, ownHosts: ['hub.example'] },
    { host: 'hub.example', origin: 'https://hub.example' },
    true,
  ],
  ['any Host where none is named', open, { host: 'gateway.internal:8090' }, true],
  ['a page of an address in the network', open, { host: '10.0.0.5:8090', origin: 'http://10.0.0.5:8090' }, true],
  ['a page of a name that may have been rebound', open, { host: 'evil.example', origin: 'http://evil.example' }, false],
  [
    'the same, where it needs a token besides',
    { ...open, needsToken: true },
    { host: 'proxy.example', origin: 'http://proxy.example' },
    true,
  ],
  ['a named Host, in any spelling', { ...open, allowedHosts: ['Hub.Example'] }, { host: 'hub.example:443' }, true],
  ['another Host than the named ones', { ...open, allowedHosts: ['hub.example'] }, { host: 'other.example' }, false],
  [
    'a named origin',
    { ...open, allowedOrigins: ['https://app.example'] },
    { host: 'h', origin: 'https://app.example' },
    true,
  ],
  [
    'any origin where * is named',
    { ...open, allowedOrigins: ['*'] },
    { host: 'h', origin: 'https://any.example' },
    true,
  ],
];

describe('foreignReason', () => {
  it.each(cases)('judges %s', (_name, policy, headers, isTaken) => {
    expect(foreignReason({ headers } as IncomingMessage, policy) === undefined).toBe(isTaken);
  });
});
