import { expect, it } from 'vitest';
import { WorkerAddresses } from './worker-address.js';

it.each([
  ['http://worker-1:8070', { host: 'worker-1', port: '8070', authority: 'worker-1:8070' }],
  ['http://10.0.0.7:8070/', { host: '10.0.0.7', port: '8070', authority: '10.0.0.7:8070' }],
  ['http://[fd00::7]:8070', { host: 'fd00::7', port: '8070', authority: '[fd00::7]:8070' }],
  ['http://worker-1', { host: 'worker-1', port: '', authority: 'worker-1' }],
])('reads %s', (url, address) => {
  expect(new WorkerAddresses().of(url)).toEqual(address);
});

it('reads a URL once', () => {
  const addresses = new WorkerAddresses();
  expect(addresses.of('http://worker-1:8070')).toBe(addresses.of('http://worker-1:8070'));
});

it('keeps telling workers apart however many there are', () => {
  const addresses = new WorkerAddresses();
  for (let port = 10_000; port < 12_500; port++) {
    expect(addresses.of(`http://worker:${port}`).port).toBe(String(port));
  }
});

it('refuses what is no URL', () => {
  expect(() => new WorkerAddresses().of('worker-1')).toThrow(TypeError);
});
