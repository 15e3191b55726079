/** Where a worker's internal port is reached. */
export interface WorkerAddress {
  /** Without the brackets of an IPv6 address. */
  host: string;
  port: string;
  /** As the Host header has it. */
  authority: string;
}

/** Workers that a gateway meets in its life are few; beyond this all are read again. */
const rememberedAddresses = 1_000;

/** Reads workers' URLs, each once: taking one apart for every request shows in a profile. */
export class WorkerAddresses {
  private readonly known = new Map<string, WorkerAddress>();

  /** @throws TypeError where it is no URL */
  of(url: string): WorkerAddress {
    const known = this.known.get(url);
    if (known) return known;
    const { hostname, port, host: authority } = new URL(url);
    const address = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port, authority };
    if (this.known.size >= rememberedAddresses) this.known.clear();
    this.known.set(url, address);
    return address;
  }
}
