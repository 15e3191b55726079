import { everyServer, type ReadServers, type RouteView, type ServerListItem } from '@mcp-hub/application';

export interface BannerFacts {
  url: string;
  name: string;
  version: string;
}

/**
 * What a newcomer sees on the terminal: where the registry is, each server's MCP endpoint with its status as it
 * changes, and lines to copy.
 */
export class Banner {
  private readonly shown = new Map<string, string>();
  private stopListening: (() => void) | undefined;
  private hasExample = false;
  private pending: Promise<void> = Promise.resolve();

  constructor(
    private readonly out: { write(text: string): unknown },
    private readonly servers: ReadServers,
    private readonly view: RouteView,
    private readonly facts: BannerFacts,
  ) {}

  /** Prints what is known now, and then every change of a server's status. */
  async show(): Promise<void> {
    const { name, version, url } = this.facts;
    this.line(`\n${name} ${version} runs at ${url}\n`);
    const items: ServerListItem[] = [];
    for await (const item of everyServer(this.servers)) items.push(item);
    const disabled = items.filter(({ status }) => status.status === 'disabled').map(({ record }) => record.id);
    for (const item of items) if (item.status.status !== 'disabled') this.tell(item);
    if (items.length === 0) this.line(`  No servers yet. Publish one: curl ${url}/v0/publish …, see the README.`);
    if (disabled.length > 0) {
      this.line(`  disabled  ${disabled.join(', ')}: data/servers.yaml says what each needs`);
    }
    this.stopListening = this.view.onChange((id) => {
      this.pending = this.pending.then(() => this.look(id));
    });
  }

  close(): void {
    this.stopListening?.();
  }

  private async look(id: string): Promise<void> {
    try {
      this.tell(await this.servers.details(id, { includeSpec: false }));
    } catch {
      // Deleted meanwhile: there is nothing to tell.
      this.shown.delete(id);
    }
  }

  private tell({ record, status }: ServerListItem): void {
    const { id } = record;
    if (this.shown.get(id) === status.status) return;
    const isFirst = !this.shown.has(id);
    if (isFirst && status.status === 'disabled') return;
    this.shown.set(id, status.status);
    const failure = status.failure && status.status === 'failed' ? `\n            ${status.failure.message} ${status.failure.remedy}` : '';
    this.line(`  ${status.status.padEnd(9)} ${this.endpointOf(id)}${failure}`);
    if (status.status === 'healthy' && !this.hasExample) {
      this.hasExample = true;
      this.example(id);
    }
  }

  private example(id: string): void {
    const snippet = JSON.stringify({ mcpServers: { [id]: { type: 'http', url: this.endpointOf(id) } } });
    this.line(
      [
        '',
        `  See what is registered:  curl ${this.facts.url}/v0/servers`,
        `  For your MCP client:     ${snippet}`,
        '  Stop with Ctrl+C.',
        '',
      ].join('\n'),
    );
  }

  private endpointOf(id: string): string {
    return `${this.facts.url}/servers/${id}/mcp`;
  }

  private line(text: string): void {
    this.out.write(`${text}\n`);
  }
}
