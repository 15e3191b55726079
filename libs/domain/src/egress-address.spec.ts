import { describe, expect, it } from 'vitest';
import { classifyAddress, refusedAddressReason, refusedUrlReason, type EgressPolicy } from './egress-address.js';

const strict: EgressPolicy = { allowPrivateNetworks: false, allowLoopback: false, allowHosts: [], denyHosts: [] };
const open: EgressPolicy = { ...strict, allowPrivateNetworks: true, allowLoopback: true };

describe('classifyAddress', () => {
  it.each([
    ['93.184.216.34', 'public'],
    ['172.15.255.255', 'public'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['100.64.0.1', 'private'],
    ['100.128.0.1', 'public'],
    ['127.8.9.1', 'loopback'],
    ['169.254.1.1', 'link_local'],
    ['169.254.169.254', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['0.1.2.3', 'unspecified'],
    ['239.1.1.1', 'multicast'],
    ['255.255.255.255', 'reserved'],
    ['2606:4700::1111', 'public'],
    ['::1', 'loopback'],
    ['::', 'unspecified'],
    ['fe80::1%eth0', 'link_local'],
    ['fd12:3456::1', 'private'],
    ['fd00:ec2::254', 'metadata'],
    ['ff02::1', 'multicast'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a9fe:a9fe', 'metadata'],
    ['::10.0.0.1', 'private'],
    ['64:ff9b::a00:1', 'private'],
    ['64:ff9b::5db8:d822', 'public'],
    ['64:ff9b:1::7f00:1', 'reserved'],
    ['2002:7f00:1::', 'loopback'],
    ['2002:a9fe:a9fe::1', 'metadata'],
    ['2001:0:1::1', 'reserved'],
    ['[::1]', 'loopback'],
  ])('%s is %s', (address, kind) => {
    expect(classifyAddress(address)).toBe(kind);
  });

  it.each(['example.org', '1.2.3', '1.2.3.256', '1:2:3', ':::', '1::2::3', '12345::', ''])(
    '%j is no address',
    (text) => {
      expect(classifyAddress(text)).toBeUndefined();
    },
  );
});

describe('refusedUrlReason', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]:8080/x',
    'http://[2002:7f00:0001::]/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://100.64.0.1/',
    'http://１２７.0.0.1/',
    'http://user:secret@example.org/',
    'http://user@example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    '/openapi.json',
  ])('%s is refused under the strict policy', (url) => {
    expect(refusedUrlReason(url, strict)).toBeTypeOf('string');
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[fe80::1]/',
    'http://224.0.0.1/',
    'http://0.0.0.0/',
    'http://metadata.google.internal./',
  ])('%s is refused whatever the policy allows', (url) => {
    expect(refusedUrlReason(url, { ...open, allowHosts: [new URL(url).hostname] })).toBeTypeOf('string');
  });

  it.each(['http://127.0.0.1:3000/openapi.json', 'http://[::1]/', 'https://192.168.1.5/'])(
    '%s passes where private networks and loopback are allowed',
    (url) => {
      expect(refusedUrlReason(url, open)).toBeUndefined();
    },
  );

  it.each(['https://api.example.org/v1', 'http://localhost:3000/', 'https://8.8.8.8/'])('%s passes', (url) => {
    expect(refusedUrlReason(url, strict)).toBeUndefined();
  });

  it('does not repeat the URL in its reason', () => {
    expect(refusedUrlReason('http://user:hunter2@example.org/', strict)).not.toContain('hunter2');
  });

  it('refuses denied hosts by name, by wildcard and with a trailing dot', () => {
    const policy = { ...open, denyHosts: ['evil.example', '*.bad.example'] };
    expect(refusedUrlReason('https://EVIL.example./x', policy)).toBeTypeOf('string');
    expect(refusedUrlReason('https://a.b.bad.example/', policy)).toBeTypeOf('string');
    expect(refusedUrlReason('https://bad.example/', policy)).toBeUndefined();
  });
});

describe('refusedAddressReason', () => {
  it('lifts private ranges for an allowed host only', () => {
    const policy = { ...strict, allowHosts: ['api.internal'] };
    expect(refusedAddressReason('api.internal', '10.0.0.5', policy)).toBeUndefined();
    expect(refusedAddressReason('other.internal', '10.0.0.5', policy)).toBe('is in a private network');
  });

  it('does not lift link-local addresses for an allowed host', () => {
    expect(refusedAddressReason('api.internal', '169.254.0.1', { ...open, allowHosts: ['api.internal'] })).toBeTypeOf(
      'string',
    );
  });

  it('refuses an address that is denied', () => {
    expect(refusedAddressReason('example.org', '93.184.216.34', { ...open, denyHosts: ['93.184.216.34'] })).toBeTypeOf(
      'string',
    );
  });
});
