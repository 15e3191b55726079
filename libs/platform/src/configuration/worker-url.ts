import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { HubConfig } from './hub-config.js';

/**
 * Where gateways reach a worker: what is configured, else the address it listens on, else, when it listens on all, the
 * machine's first outward address.
 *
 * @param port the one that it got
 */
export function workerUrl(
  worker: HubConfig['worker'],
  port: number,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string {
  if (worker.advertiseUrl !== undefined) return worker.advertiseUrl.replace(/\/+$/, '');
  const host =
    worker.host === '0.0.0.0' || worker.host === '::' ? (outwardAddress(interfaces) ?? '127.0.0.1') : worker.host;
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function outwardAddress(interfaces: ReturnType<typeof networkInterfaces>): string | undefined {
  for (const addresses of Object.values(interfaces)) {
    const found = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found) return found.address;
  }
  return undefined;
}
