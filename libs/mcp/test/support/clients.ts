import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';

export const clientKinds = ['v1', 'v2-legacy', 'v2-modern'] as const;
export type ClientKind = (typeof clientKinds)[number];

export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: (progress: number) => void;
}

/** A real client of an SDK, behind one face. It answers elicitation with a colour, and sampling with a greeting. */
export interface TestClient {
  kind: ClientKind;
  sessionId(): string | undefined;
  serverName(): string | undefined;
  instructions(): string | undefined;
  callTool(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolResult>;
  listTools(): Promise<string[]>;
  readResource(uri: string): Promise<unknown>;
  getPrompt(name: string, args: Record<string, string>): Promise<unknown>;
  complete(): Promise<unknown>;
  subscribe(uri: string): Promise<void>;
  setLevel(level: 'debug' | 'error'): Promise<void>;
  /** Of notifications outside of calls and log messages: method, and what they are about. */
  heard: [string, unknown][];
  /** What the server asked, in order. */
  asked: unknown[];
  terminate(): Promise<void>;
  close(): Promise<void>;
}

export interface ToolResult {
  text: string;
  isError: boolean;
  raw: Record<string, unknown>;
}

type Empty = Record<string, never>;

export interface ClientOptions {
  capabilities?: { elicitation?: { form?: Empty; url?: Empty }; sampling?: Empty };
}

const info = { name: 'test-client', version: '1.0.0' };
const everything = { elicitation: { form: {}, url: {} }, sampling: {} };
const sampled = {
  model: 'm',
  role: 'assistant' as const,
  content: { type: 'text' as const, text: 'hi from the model' },
};

function answerTo(params: { mode?: string | undefined }): { action: 'accept'; content?: { colour: string } } {
  return params.mode === 'url' ? { action: 'accept' } : { action: 'accept', content: { colour: 'red' } };
}

function toolResult(result: Record<string, unknown>): ToolResult {
  const content = result['content'] as { text?: string }[] | undefined;
  return { text: content?.[0]?.text ?? '', isError: result['isError'] === true, raw: result };
}

export function connectClient(kind: ClientKind, url: URL, options: ClientOptions = {}): Promise<TestClient> {
  return kind === 'v1' ? connectV1(url, options) : connectV2(kind, url, options);
}

async function connectV1(url: URL, { capabilities = everything }: ClientOptions): Promise<TestClient> {
  const client = new ClientV1(info, { capabilities });
  const heard: [string, unknown][] = [];
  const asked: unknown[] = [];
  if (capabilities.elicitation) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params);
      return answerTo(params);
    });
  }
  if (capabilities.sampling) {
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => {
      asked.push(params);
      return sampled;
    });
  }
  client.setNotificationHandler(
    ToolListChangedNotificationSchema,
    ({ method }) => void heard.push([method, undefined]),
  );
  client.setNotificationHandler(
    ResourceUpdatedNotificationSchema,
    ({ method, params }) => void heard.push([method, params.uri]),
  );
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ method, params }) => void heard.push([method, params.data]),
  );
  const transport = new HttpV1(url);
  await client.connect(transport);
  return {
    kind: 'v1',
    heard,
    asked,
    sessionId: () => transport.sessionId,
    serverName: () => client.getServerVersion()?.name,
    instructions: () => client.getInstructions(),
    callTool: async (name, args = {}, { signal, onProgress } = {}) =>
      toolResult(
        await client.callTool({ name, arguments: args }, undefined, {
          ...(signal && { signal }),
          ...(onProgress && { onprogress: ({ progress }: { progress: number }) => onProgress(progress) }),
        }),
      ),
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    readResource: async (uri) => (await client.readResource({ uri })).contents,
    getPrompt: async (name, args) => (await client.getPrompt({ name, arguments: args })).messages,
    complete: () =>
      client.complete({ ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'name', value: 'A' } }),
    subscribe: async (uri) => {
      await client.subscribeResource({ uri });
    },
    setLevel: async (level) => {
      await client.setLoggingLevel(level);
    },
    terminate: () => transport.terminateSession(),
    close: () => client.close(),
  };
}

async function connectV2(
  kind: 'v2-legacy' | 'v2-modern',
  url: URL,
  { capabilities = everything }: ClientOptions,
): Promise<TestClient> {
  const isModern = kind === 'v2-modern';
  const heard: [string, unknown][] = [];
  const asked: unknown[] = [];
  const client = new ClientV2(info, {
    capabilities,
    versionNegotiation: { mode: isModern ? { pin: '2026-07-28' } : 'legacy' },
  });
  if (capabilities.elicitation) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params);
      return answerTo(params);
    });
  }
  if (capabilities.sampling) {
    client.setRequestHandler('sampling/createMessage', ({ params }) => {
      asked.push(params);
      return sampled;
    });
  }
  client.setNotificationHandler(
    'notifications/tools/list_changed',
    ({ method }) => void heard.push([method, undefined]),
  );
  client.setNotificationHandler(
    'notifications/resources/updated',
    ({ method, params }) => void heard.push([method, params.uri]),
  );
  client.setNotificationHandler(
    'notifications/message',
    ({ method, params }) => void heard.push([method, params.data]),
  );
  const transport = new HttpV2(url);
  await client.connect(transport);
  if (isModern) await client.listen({ toolsListChanged: true });
  return {
    kind,
    heard,
    asked,
    sessionId: () => transport.sessionId,
    serverName: () => client.getServerVersion()?.name,
    instructions: () => client.getInstructions(),
    callTool: async (name, args = {}, { signal, onProgress } = {}) =>
      toolResult(
        await client.callTool(
          { name, arguments: args },
          {
            ...(signal && { signal }),
            ...(onProgress && { onprogress: ({ progress }: { progress: number }) => onProgress(progress) }),
          },
        ),
      ),
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    readResource: async (uri) => (await client.readResource({ uri })).contents,
    getPrompt: async (name, args) => (await client.getPrompt({ name, arguments: args })).messages,
    complete: () =>
      client.complete({ ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'name', value: 'A' } }),
    subscribe: async (uri) => {
      if (isModern) await client.listen({ resourceSubscriptions: [uri] });
      else await client.subscribeResource({ uri });
    },
    setLevel: async (level) => {
      await client.setLoggingLevel(level);
    },
    terminate: () => transport.terminateSession(),
    close: () => client.close(),
  };
}
