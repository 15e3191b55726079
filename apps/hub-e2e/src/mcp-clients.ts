import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** The real clients that people use. */
export const clientKinds = ['sdk-v1', 'sdk-v2-legacy', 'sdk-v2-modern'] as const;
export type ClientKind = (typeof clientKinds)[number];

export interface ToolAnswer {
  text: string;
  structured: unknown;
  /** As it came. */
  content: unknown[];
  isError: boolean;
}

export interface ConnectedClient {
  /** Of the session, in the legacy era. */
  sessionId: string | undefined;
  toolNames(): Promise<string[]>;
  call(tool: string, args?: Record<string, unknown>): Promise<ToolAnswer>;
  close(): Promise<void>;
}

const info = { name: 'hub-e2e', version: '1.0.0' };

/** Connects a real client to a server's endpoint. */
export async function connectClient(kind: ClientKind, url: string, sessionId?: string): Promise<ConnectedClient> {
  return kind === 'sdk-v1' ? connectV1(url, sessionId) : connectV2(kind, url);
}

async function connectV1(url: string, sessionId?: string): Promise<ConnectedClient> {
  const client = new ClientV1(info);
  const transport = new TransportV1(new URL(url), sessionId === undefined ? {} : { sessionId });
  await client.connect(transport);
  return {
    sessionId: transport.sessionId,
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}) => toAnswer(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

async function connectV2(kind: ClientKind, url: string): Promise<ConnectedClient> {
  const client = new ClientV2(info, {
    versionNegotiation: { mode: kind === 'sdk-v2-modern' ? { pin: '2026-07-28' } : 'legacy' },
  });
  const transport = new TransportV2(new URL(url));
  await client.connect(transport);
  return {
    sessionId: transport.sessionId,
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}) => toAnswer(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

function toAnswer(result: unknown): ToolAnswer {
  const { content, structuredContent, isError } = result as {
    content?: { type: string; text?: string }[];
    structuredContent?: unknown;
    isError?: boolean;
  };
  const text = (content ?? []).map((item) => item.text ?? '').join('');
  return { text, structured: structuredContent, content: content ?? [], isError: isError === true };
}
