import type { ServerEntry } from '@mcp-hub/domain';
import { findServer, type RegistryStore } from '@mcp-hub/application';
import { mayWriteName, OutsideTokenReach, type Principal } from '@mcp-hub/platform';

const reverseDnsName = /^[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]\/[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$/;

/** Whether a token's `namespaces` cover an entry: by its reverse-DNS name, else by `<registry.namespace>/<id>`. */
export class WriteAccess {
  constructor(
    private readonly store: RegistryStore,
    private readonly namespace: string,
  ) {}

  /** @throws OutsideTokenReach */
  check(principal: Principal, entry: Pick<ServerEntry, 'id' | 'name'>): void {
    const name = reverseDnsName.test(entry.name) ? entry.name : `${this.namespace}/${entry.id}`;
    if (!mayWriteName(principal, name)) throw new OutsideTokenReach('namespaces');
  }

  /** @throws ServerNotFound; OutsideTokenReach */
  async checkServer(principal: Principal, id: string): Promise<void> {
    this.check(principal, (await findServer(this.store, id)).entry);
  }
}
