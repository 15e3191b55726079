import type { Ids, LoadContext, Loader, LoadRequest, McpBackend } from '@mcp-hub/application';
import { LoadFailed, type EgressPolicy, type Remote } from '@mcp-hub/domain';
import { connectRemoteServer } from '@mcp-hub/mcp';
import type { ResolveHost } from '../egress/guarded-lookup.js';
import { GuardedHttp, userAgent } from '../egress/guarded-http.js';
import { RemoteBackend } from './remote-backend.js';
import { remoteTarget } from './remote-headers.js';

export interface ProxyLoaderOptions {
  policy: EgressPolicy;
  /** How host names become addresses; the system's resolver where undefined. */
  resolveHost?: ResolveHost;
  ids: Ids;
}

/**
 * Loads entries with a remote MCP server, of either era, on Streamable HTTP or HTTP+SSE. Of several remotes the first
 * one on Streamable HTTP is taken, else the first.
 */
export class ProxyLoader implements Loader {
  readonly type = 'proxy';
  readonly weight = 1;

  constructor(private readonly options: ProxyLoaderOptions) {}

  async load({ entry }: LoadRequest, context: LoadContext): Promise<McpBackend> {
    const remote = chosenRemote(entry.remotes);
    if (!remote) {
      throw new LoadFailed('nothing_to_load', 'The entry has no remotes.', 'Add a remote with type and url.');
    }
    const { url, headers } = remoteTarget(remote, entry.auth_config);
    const http = new GuardedHttp(this.options);
    try {
      const backend = await connectRemoteServer({
        url,
        // Here once, rather than added to each request.
        headers: { 'user-agent': userAgent, ...headers },
        transport: remote.type,
        send: http.send,
        ids: this.options.ids,
        signal: context.signal,
        onFound: (text) => {
          context.log('lifecycle', text);
        },
      });
      return new RemoteBackend(backend, () => http.close());
    } catch (error) {
      await http.close();
      throw error;
    }
  }
}

function chosenRemote(remotes: readonly Remote[]): Remote | undefined {
  return remotes.find(({ type }) => type === 'streamable-http') ?? remotes[0];
}
