import { inject } from 'vitest';
import { waitUntil } from '@mcp-hub/test-servers';
import type { StackState } from '@mcp-hub/stack';
import { readState, type HubUnderTest } from './hub-state.js';

export interface ApiAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface ApiRequest {
  method?: string;
  /** Sent as JSON, unless it is text. */
  body?: unknown;
  contentType?: string;
  /** Default: the token with all rights; null for none. */
  token?: string | null;
  headers?: Record<string, string>;
}

type Service = StackState['workers'][number];

/** The hub that the tests of a form run against, as its users and operators reach it. */
export class Hub {
  private constructor(
    private readonly given: HubUnderTest,
    private readonly state: StackState,
  ) {}

  static async underTest(): Promise<Hub> {
    const given = inject('hub');
    return new Hub(given, await readState(given.stateFile));
  }

  get form(): HubUnderTest['form'] {
    return this.given.form;
  }

  get token(): string {
    return this.given.token;
  }

  /** Of the REST API. */
  get apiUrl(): string {
    return this.state.api;
  }

  get gateways(): string[] {
    return this.state.gateways.map(({ url }) => url);
  }

  /** The MCP endpoint of a server, at the first gateway or another. */
  endpoint(serverId: string, gateway = this.state.gateway): string {
    return `${gateway}/servers/${serverId}/mcp`;
  }

  async api(path: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    const { method = 'GET', body, contentType = 'application/json', token = this.token, headers = {} } = request;
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${this.state.api}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined || contentType === '' ? {} : { 'content-type': contentType }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
      signal: AbortSignal.timeout(50_000),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  }

  /** Publishes an entry and waits for its load. @throws Error where it is not taken */
  async publish(entry: Record<string, unknown>): Promise<Record<string, unknown>> {
    const answer = await this.api('/v0/publish', { method: 'POST', body: { ...entry, load_immediately: true } });
    if (answer.status !== 201) throw new Error(`publish answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async remove(serverId: string): Promise<void> {
    await this.api(`/v0/servers/${serverId}`, { method: 'DELETE' });
  }

  /** Resolves with the details once the server has the status. */
  async whenStatus(serverId: string, status: string, timeoutMs = 20_000): Promise<Record<string, unknown>> {
    return waitUntil(
      async () => {
        const { body } = await this.api(`/v0/servers/${serverId}`);
        return body['runtime_status'] === status ? body : undefined;
      },
      { timeoutMs, describe: `${serverId} is ${status}` },
    );
  }

  /** The process that hosts a server: a worker, or the standalone itself. */
  async hostOf(serverId: string): Promise<Service> {
    const { body } = await this.api(`/v0/servers/${serverId}`);
    const [instance] = body['instances'] as { worker: string }[];
    const { workers } = await readState(this.given.stateFile);
    const host = workers.find(({ id }) => this.form === 'standalone' || id === instance?.worker);
    if (!host) throw new Error(`Nobody hosts ${serverId}.`);
    return host;
  }

  /** Everything that runs, in the order in which an operator restarts it. */
  async services(): Promise<Service[]> {
    const state = await readState(this.given.stateFile);
    return this.form === 'standalone' ? state.workers : [...state.apis, ...state.workers, ...state.gateways];
  }

  /** Resolves when the service runs again, as another process. */
  async whenBack(service: Service, timeoutMs = 50_000): Promise<void> {
    await waitUntil(
      async () => (await this.services()).some(({ id, pid }) => id === service.id && pid !== service.pid),
      { timeoutMs, describe: `${service.id} is back` },
    );
  }
}
