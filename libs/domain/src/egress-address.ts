/** What the hub may connect to on behalf of an entry (configuration `egress`; hosting.md, "Egress"). */
export interface EgressPolicy {
  allowPrivateNetworks: boolean;
  allowLoopback: boolean;
  /** Host names, `*.example.org` or addresses, for which private ranges and loopback are lifted. */
  allowHosts: readonly string[];
  /** In the same form; never connected to. */
  denyHosts: readonly string[];
}

export type AddressClass =
  'public' | 'private' | 'loopback' | 'link_local' | 'metadata' | 'multicast' | 'unspecified' | 'reserved';

interface Range {
  base: readonly number[];
  bits: number;
  class: AddressClass;
}

const v4 = (address: string, bits: number, kind: AddressClass): Range => ({
  base: parseIpv4(address) ?? [],
  bits,
  class: kind,
});
const v6 = (address: string, bits: number, kind: AddressClass): Range => ({
  base: parseIpv6(address) ?? [],
  bits,
  class: kind,
});

/** The first that contains an address counts. Sources: the IANA special-purpose registries and the clouds' own pages. */
const ipv4Ranges: readonly Range[] = [
  v4('169.254.169.254', 32, 'metadata'),
  v4('100.100.100.200', 32, 'metadata'),
  v4('168.63.129.16', 32, 'metadata'),
  v4('192.0.0.192', 32, 'metadata'),
  v4('0.0.0.0', 8, 'unspecified'),
  v4('10.0.0.0', 8, 'private'),
  v4('100.64.0.0', 10, 'private'),
  v4('127.0.0.0', 8, 'loopback'),
  v4('169.254.0.0', 16, 'link_local'),
  v4('172.16.0.0', 12, 'private'),
  v4('192.0.0.0', 24, 'private'),
  v4('192.0.2.0', 24, 'reserved'),
  v4('192.168.0.0', 16, 'private'),
  v4('198.18.0.0', 15, 'private'),
  v4('198.51.100.0', 24, 'reserved'),
  v4('203.0.113.0', 24, 'reserved'),
  v4('224.0.0.0', 4, 'multicast'),
  v4('240.0.0.0', 4, 'reserved'),
];

const ipv6Ranges: readonly Range[] = [
  v6('fd00:ec2::254', 128, 'metadata'),
  v6('fd20:ce::254', 128, 'metadata'),
  v6('::', 128, 'unspecified'),
  v6('::1', 128, 'loopback'),
  v6('64:ff9b:1::', 48, 'reserved'),
  v6('100::', 64, 'reserved'),
  v6('2001::', 32, 'reserved'),
  v6('2001:db8::', 32, 'reserved'),
  v6('3fff::', 20, 'reserved'),
  v6('fc00::', 7, 'private'),
  v6('fe80::', 10, 'link_local'),
  v6('fec0::', 10, 'private'),
  v6('ff00::', 8, 'multicast'),
];

/** IPv6 ranges that carry an IPv4 address, and where in their 16 bytes: mapped, compatible, NAT64, 6to4. */
const embeddings: readonly { base: readonly number[]; bits: number; at: number }[] = [
  { base: parseIpv6('::ffff:0:0') ?? [], bits: 96, at: 12 },
  { base: parseIpv6('::ffff:0:0:0') ?? [], bits: 96, at: 12 },
  { base: parseIpv6('64:ff9b::') ?? [], bits: 96, at: 12 },
  { base: parseIpv6('2002::') ?? [], bits: 16, at: 2 },
  { base: parseIpv6('::') ?? [], bits: 96, at: 12 },
];

/**
 * What kind of address this is.
 *
 * @param address as DNS or a normalised URL gives it; brackets and an IPv6 zone are ignored
 * @returns undefined where it is no IP address
 */
export function classifyAddress(address: string): AddressClass | undefined {
  const bytes = parseAddress(address);
  if (!bytes) return undefined;
  if (bytes.length === 4) return classIn(ipv4Ranges, bytes);
  const kind = classIn(ipv6Ranges, bytes);
  if (kind !== 'public') return kind;
  const embedding = embeddings.find(({ base, bits }) => isWithin(bytes, base, bits));
  return embedding ? classIn(ipv4Ranges, bytes.slice(embedding.at, embedding.at + 4)) : 'public';
}

/**
 * Whether the policy lets the hub connect to an address that a host name stands for.
 *
 * @param host the name as the URL has it, or the address itself
 * @returns why not, as the end of a sentence that begins with the host; undefined where it may
 */
export function refusedAddressReason(host: string, address: string, policy: EgressPolicy): string | undefined {
  if (matchesHost(address, policy.denyHosts)) return 'is on the list of denied hosts';
  const kind = classifyAddress(address);
  const isLifted = matchesHost(host, policy.allowHosts) || matchesHost(address, policy.allowHosts);
  switch (kind) {
    case 'public':
      return undefined;
    case 'private':
      return isLifted || policy.allowPrivateNetworks ? undefined : 'is in a private network';
    case 'loopback':
      return isLifted || policy.allowLoopback ? undefined : 'is this machine itself (loopback)';
    case 'link_local':
      return 'is a link-local address';
    case 'metadata':
      return 'is a cloud metadata service';
    case 'multicast':
      return 'is a multicast address';
    case 'unspecified':
      return 'is the unspecified address';
    case 'reserved':
      return 'is a reserved address';
    case undefined:
      return 'does not stand for an IP address';
  }
}

/**
 * The part of the egress guard that needs no DNS: scheme, user information, denied hosts, and addresses in whatever
 * spelling a URL parser knows (decimal, octal, hexadecimal, IPv4 inside IPv6, a trailing dot). Host names pass; what
 * they resolve to is judged at connect time.
 *
 * @returns why the URL is refused, as one sentence without the URL's own text; undefined where it is not
 */
export function refusedUrlReason(url: string, policy: EgressPolicy): string | undefined {
  if (!URL.canParse(url)) return 'It is not an absolute URL.';
  const { protocol, username, password, hostname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return 'Only http and https URLs are fetched.';
  if (username !== '' || password !== '') return 'A URL must not carry user information; use auth_config.';
  if (matchesHost(hostname, policy.denyHosts)) return 'The host is on the list of denied hosts.';
  const host = plainHost(hostname);
  if (host === 'metadata.google.internal') return 'The host is a cloud metadata service.';
  if (classifyAddress(host) === undefined) return undefined;
  const reason = refusedAddressReason(host, host, policy);
  return reason === undefined ? undefined : `The host ${reason}.`;
}

/** @param patterns host names, `*.example.org` for any name below, or addresses */
function matchesHost(hostname: string, patterns: readonly string[]): boolean {
  const host = plainHost(hostname);
  return patterns.some((pattern) => {
    const wanted = plainHost(pattern);
    return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
  });
}

function plainHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function classIn(ranges: readonly Range[], bytes: readonly number[]): AddressClass {
  return ranges.find(({ base, bits }) => isWithin(bytes, base, bits))?.class ?? 'public';
}

function isWithin(bytes: readonly number[], base: readonly number[], bits: number): boolean {
  for (let index = 0, left = bits; left > 0; index += 1, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    if (((bytes[index] ?? 0) & mask) !== ((base[index] ?? 0) & mask)) return false;
  }
  return true;
}

function parseAddress(text: string): number[] | undefined {
  const plain = plainHost(text).replace(/%.*$/, '');
  return plain.includes(':') ? parseIpv6(plain) : parseIpv4(plain);
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = ipv6Bytes(halves[0] ?? '');
  const tail = ipv6Bytes(halves[1] ?? '');
  if (!head || !tail) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function ipv6Bytes(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  for (const group of text.split(':')) {
    const embedded = parseIpv4(group);
    if (embedded) bytes.push(...embedded);
    else if (/^[0-9a-f]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}
