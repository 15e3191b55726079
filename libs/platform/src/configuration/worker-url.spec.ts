import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { workerUrl } from './worker-url.js';

const worker = {
  name: 'w',
  host: '0.0.0.0',
  port: 0,
  capacity: 1,
  loaders: [],
};
const address = (ip: string, internal: boolean): NetworkInterfaceInfo => ({
  address: ip,
  internal,
  family: 'IPv4',
  netmask: '255.0.0.0',
  mac: '',
  cidr: null,
});

it('is what an operator says', () => {
  expect(workerUrl({ ...worker, advertiseUrl: 'https://w1.example/' }, 8070)).toBe('https://w1.example');
});
it('is the address that the worker listens on', () => {
  expect(workerUrl({ ...worker, host: '127.0.0.1' }, 9000)).toBe('http://127.0.0.1:9000');
  expect(workerUrl({ ...worker, host: '::1' }, 9000)).toBe('http://[::1]:9000');
});
it('is the first outward address of a worker that listens on all', () => {
  const interfaces = {
    lo: [address('127.0.0.1', true)],
    eth0: [address('10.0.0.7', false)],
  };
  expect(workerUrl(worker, 8070, interfaces)).toBe('http://10.0.0.7:8070');
});
it('is loopback on a machine without any other', () => {
  expect(workerUrl(worker, 8070, { lo: [address('127.0.0.1', true)] })).toBe('http://127.0.0.1:8070');
});
