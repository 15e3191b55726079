import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { refusedAddressReason, type EgressPolicy } from '@mcp-hub/domain';
import { EgressRefused } from './egress.errors.js';

export interface ResolvedAddress {
  address: string;
  family: number;
}

/** All addresses of a host name. Rejects as `dns.lookup` does. */
export type ResolveHost = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export const resolveBySystem: ResolveHost = (hostname) => systemLookup(hostname, { all: true });

/**
 * The `lookup` of a socket, behind the egress policy: the addresses that it gives are those that are connected to, so
 * a name whose answer changes between check and use gains nothing. One forbidden address refuses the name.
 */
export function guardedLookup(policy: EgressPolicy, resolveHost: ResolveHost): LookupFunction {
  return (hostname, options, callback) => {
    resolveHost(hostname).then(
      (addresses) => {
        const reason = addresses
          .map(({ address }) => refusedAddressReason(hostname, address, policy))
          .find((found) => found !== undefined);
        const [first] = addresses;
        if (reason !== undefined || !first) {
          const message = `${hostname} ${reason ?? 'has no address'}. The operator decides by the egress settings.`;
          callback(new EgressRefused(message), '', 0);
        } else if (options.all) {
          callback(null, [...addresses]);
        } else {
          callback(null, first.address, first.family);
        }
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    );
  };
}
