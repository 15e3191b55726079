import { describe, expect, it } from 'vitest';
import { mayWriteFrom } from './origin.js';

const rules = { ownHosts: ['hub.example'], authEnabled: false };

describe('mayWriteFrom', () => {
  it.each([
    ['no page at all', undefined, '127.0.0.1:8080'],
    ['the hub’s own page', 'http://127.0.0.1:8080', '127.0.0.1:8080'],
    ['another name of loopback', 'http://localhost:8080', '127.0.0.1:8080'],
    ['loopback of IPv6', 'http://[::1]:8080', 'localhost:8080'],
    ['a name of the hub', 'https://hub.example', 'hub.example'],
    ['an address in the network', 'http://192.168.1.5:8080', '192.168.1.5:8080'],
  ])('takes %s', (_name, origin, host) => {
    expect(mayWriteFrom(origin, host, rules)).toBe(true);
  });
  it.each([
    ['another host', 'https://evil.example', '127.0.0.1:8080'],
    ['another port of this machine', 'http://localhost:3000', 'localhost:8080'],
    ['a page without an origin', 'null', 'localhost:8080'],
    ['a name that was made to point here', 'http://evil.example:8080', 'evil.example:8080'],
    ['a file', 'file:///tmp/x.html', 'localhost:8080'],
    ['a request without a host', 'http://localhost:8080', undefined],
    ['a host with user information', 'http://localhost:8080', 'a@localhost:8080'],
    ['a name that begins like loopback', 'http://127.0.0.1.evil.example', '127.0.0.1.evil.example'],
  ])('refuses %s', (_name, origin, host) => {
    expect(mayWriteFrom(origin, host, rules)).toBe(false);
  });
  it('takes any name that a page was sent from where a token is needed besides', () => {
    expect(
      mayWriteFrom('https://proxy.example', 'proxy.example', {
        ...rules,
        authEnabled: true,
      }),
    ).toBe(true);
  });
});
