import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';

/** A client of SDK v1 that answers elicitation with a colour, and remembers what it hears. */
export interface SessionClient {
  sessionId(): string | undefined;
  /** URIs of resources that it was told of. */
  updated: string[];
  /** Levels of the log messages that it got. */
  logged: string[];
  /** Errors of its connection, which it deals with itself. */
  faults: Error[];
  tools(): Promise<string[]>;
  call(name: string, args?: Record<string, unknown>): Promise<{ text: string; meta: unknown }>;
  subscribe(uri: string): Promise<void>;
  setLevel(level: 'error'): Promise<void>;
  close(): Promise<void>;
}

export async function connectSession(transport: Transport): Promise<SessionClient> {
  const client = new Client({ name: 'hub-e2e', version: '1.0.0' }, { capabilities: { elicitation: {} } });
  const updated: string[] = [];
  const logged: string[] = [];
  const faults: Error[] = [];
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept' as const, content: { colour: 'red' } }));
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void updated.push(params.uri));
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logged.push(params.level));
  client.onerror = (error) => void faults.push(error);
  await client.connect(transport);
  return {
    sessionId: () => transport.sessionId,
    updated,
    logged,
    faults,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}) => {
      const result = await client.callTool({ name, arguments: args });
      const [content] = result.content as { text?: string }[];
      return { text: content?.text ?? '', meta: result['_meta'] };
    },
    subscribe: async (uri) => {
      await client.subscribeResource({ uri });
    },
    setLevel: async (level) => {
      await client.setLoggingLevel(level);
    },
    close: () => client.close(),
  };
}
