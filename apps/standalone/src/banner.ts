import type { ServerListItem } from '@mcp-hub/application';
import { ServerNotFound } from '@mcp-hub/domain';

export interface BannerFacts {
  url: string;
  name: string;
  version: string;
}

/** What the banner looks at. */
export interface BannerSource {
  everyServer(): AsyncIterable<ServerListItem>;
  /** @throws ServerNotFound */
  server(id: string): Promise<ServerListItem>;
  /** Calls back with a server's id whenever something about it may have changed. @returns stops it */
  onChange(listener: (serverId: string) => void): () => void;
}

/**
 * What a newcomer sees on the terminal: where the registry is, each server's MCP endpoint with its status as it
 * changes, and lines to copy.
 */
export class Banner {
  private readonly shown = new Map<string, string>();
  private stopListening: (() => void) | undefined;
  private hasExample = false;
  /** One look after the other, so that lines are in the order of what happened. */
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly out: { write(text: string): unknown },
    private readonly source: BannerSource,
    private readonly facts: BannerFacts,
  ) {}

  /** Prints what is known now, and then every change of a server's status until `close`. */
  async show(): Promise<void> {
    const { name, version, url } = this.facts;
    this.line(`\n${name} ${version} runs at ${url}\n`);
    const listed = this.list();
    this.looking = listed.catch(() => undefined);
    // From now on: what changes while the list is read is looked at after it.
    this.stopListening = this.source.onChange((id) => {
      this.looking = this.looking.then(() => this.look(id));
    });
    await listed;
  }

  close(): void {
    this.stopListening?.();
  }

  private async list(): Promise<void> {
    const disabled: string[] = [];
    const enabled: ServerListItem[] = [];
    for await (const item of this.source.everyServer()) {
      if (item.status.status === 'disabled') disabled.push(item.record.id);
      else enabled.push(item);
    }
    for (const item of enabled) this.tell(item);
    if (disabled.length > 0) {
      this.line(`  disabled  ${disabled.join(', ')}: data/servers.yaml says what each needs`);
    }
    if (enabled.length + disabled.length === 0) {
      this.line(`  No servers yet. Publish one: curl ${this.facts.url}/v0/publish …, see the README.`);
    }
    this.exampleOnce(enabled.find(({ status }) => status.status === 'healthy'));
  }

  private async look(id: string): Promise<void> {
    try {
      const item = await this.source.server(id);
      if (!this.shown.has(id) && item.status.status === 'disabled') return;
      this.tell(item);
      if (item.status.status === 'healthy') this.exampleOnce(item);
    } catch (error) {
      // Whatever else fails is logged where it matters; the next change is looked at again.
      if (error instanceof ServerNotFound) this.shown.delete(id);
    }
  }

  private tell({ record, status }: ServerListItem): void {
    const { id } = record;
    if (this.shown.get(id) === status.status) return;
    this.shown.set(id, status.status);
    this.line(`  ${status.status.padEnd(9)} ${this.endpointOf(id)}`);
    const { failure } = status;
    if (!failure || status.status !== 'failed') return;
    const message = /[.!?]$/.test(failure.message) ? failure.message : `${failure.message}.`;
    this.line(`            ${oneLine(`${message} ${failure.remedy}`)}`);
  }

  private exampleOnce(item: ServerListItem | undefined): void {
    if (!item || this.hasExample) return;
    this.hasExample = true;
    const { id } = item.record;
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

/** Without what could move a terminal's cursor or change its colours: the text is other people's. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
