import { McpServer as McpServerV2, inputRequired } from '@modelcontextprotocol/server';
import { McpServer as McpServerV1, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { SubscribeRequestSchema, UnsubscribeRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

/** A server with every feature of the protocol, for tests; what it has seen can be read from outside. */
export interface FeatureServer {
  /** Give it to `connectInMemoryServer`. */
  server: unknown;
  /** URIs that the server is subscribed to now. */
  subscribed: Set<string>;
  /** How often each tool was executed. */
  executions: Map<string, number>;
  /** Tools whose calls were aborted, in order. */
  aborted: string[];
  /** Lets the tools `hang` and `end-stream` go on. */
  release(): void;
  addTool(name: string): void;
  resourceUpdated(uri: string): Promise<void>;
  /** A log message outside of any call. */
  log(text: string): Promise<void>;
  close(): Promise<void>;
}

export const sdkVersions = ['v1', 'v2'] as const;
export type SdkVersion = (typeof sdkVersions)[number];

const info = { name: 'features', version: '1.2.3' };
const capabilities = {
  logging: {},
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
};
const colour = {
  type: 'object' as const,
  properties: { colour: { type: 'string' as const } },
  required: ['colour'],
};

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function text(value: unknown): { content: { type: 'text'; text: string }[] } {
  return { content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }] };
}

export function featureServer(sdk: SdkVersion): FeatureServer {
  return sdk === 'v1' ? featureServerV1() : featureServerV2();
}

function featureServerV1(): FeatureServer {
  const mcp = new McpServerV1(info, { capabilities, instructions: 'Be kind.' });
  const subscribed = new Set<string>();
  const executions = new Map<string, number>();
  const aborted: string[] = [];
  const { opened, open } = gate();
  const ran = (name: string): void => void executions.set(name, (executions.get(name) ?? 0) + 1);

  mcp.registerTool(
    'echo',
    { description: 'Says it again', inputSchema: { text: z.string() }, annotations: { readOnlyHint: true } },
    ({ text: said }) => {
      ran('echo');
      return text(said);
    },
  );
  mcp.registerTool('write', { inputSchema: { text: z.string() } }, ({ text: said }) => {
    ran('write');
    return text(said);
  });
  mcp.registerTool('meta', {}, (extra) => text(extra._meta ?? {}));
  mcp.registerTool('fail', {}, () => {
    throw new Error('It failed.');
  });
  mcp.registerTool('elicit', {}, async (extra) => {
    ran('elicit');
    extra.signal.addEventListener('abort', () => aborted.push('elicit'));
    const answer = await extra.sendRequest(
      { method: 'elicitation/create', params: { mode: 'form', message: 'Which?', requestedSchema: colour } },
      z.looseObject({}),
    );
    return text(answer);
  });
  mcp.registerTool('elicit-twice', {}, async () => {
    const first = await mcp.server.elicitInput({ mode: 'form', message: 'First?', requestedSchema: colour });
    const second = await mcp.server.elicitInput({ mode: 'form', message: 'Second?', requestedSchema: colour });
    return text([first, second]);
  });
  mcp.registerTool('elicit-url', {}, async () =>
    text(
      await mcp.server.elicitInput({ mode: 'url', message: 'Visit', url: 'https://example.com/', elicitationId: 'e1' }),
    ),
  );
  mcp.registerTool('sample', {}, async (extra) =>
    text(
      await extra.sendRequest(
        {
          method: 'sampling/createMessage',
          params: { messages: [{ role: 'user', content: { type: 'text', text: 'Say hi' } }], maxTokens: 10 },
        },
        z.looseObject({}),
      ),
    ),
  );
  mcp.registerTool('progress', {}, async (extra) => {
    const progressToken = extra._meta?.progressToken;
    for (let step = 1; progressToken !== undefined && step <= 3; step += 1) {
      await extra.sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress: step, total: 3 },
      });
    }
    return text('done');
  });
  mcp.registerTool('log', {}, async (extra) => {
    for (const level of ['debug', 'error'] as const) {
      await extra.sendNotification({ method: 'notifications/message', params: { level, data: `a ${level} line` } });
    }
    return text('logged');
  });
  mcp.registerTool('hang', {}, async (extra) => {
    ran('hang');
    extra.signal.addEventListener('abort', () => aborted.push('hang'));
    await opened;
    return text('released');
  });
  mcp.registerTool('end-stream', {}, async (extra) => {
    extra.closeSSEStream?.();
    await opened;
    return text('told later');
  });
  mcp.registerResource('note', 'test://note', { mimeType: 'text/plain' }, () => ({
    contents: [{ uri: 'test://note', text: 'a note' }],
  }));
  mcp.registerResource('item', new ResourceTemplate('test://items/{id}', { list: undefined }), {}, (uri, { id }) => ({
    contents: [{ uri: uri.href, text: `item ${String(id)}` }],
  }));
  mcp.registerPrompt('greet', { argsSchema: { name: z.string() } }, ({ name }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Greet ${name}` } }],
  }));
  mcp.server.setRequestHandler(SubscribeRequestSchema, ({ params }) => {
    subscribed.add(params.uri);
    return {};
  });
  mcp.server.setRequestHandler(UnsubscribeRequestSchema, ({ params }) => {
    subscribed.delete(params.uri);
    return {};
  });
  return {
    server: mcp,
    subscribed,
    executions,
    aborted,
    release: open,
    addTool: (name) => void mcp.registerTool(name, {}, () => text(name)),
    resourceUpdated: (uri) => mcp.server.sendResourceUpdated({ uri }),
    log: (data) => mcp.server.sendLoggingMessage({ level: 'warning', data }),
    close: () => mcp.close(),
  };
}

function featureServerV2(): FeatureServer {
  const mcp = new McpServerV2(info, { capabilities, instructions: 'Be kind.' });
  const subscribed = new Set<string>();
  const executions = new Map<string, number>();
  const aborted: string[] = [];
  const { opened, open } = gate();
  const ran = (name: string): void => void executions.set(name, (executions.get(name) ?? 0) + 1);

  mcp.registerTool(
    'echo',
    { description: 'Says it again', inputSchema: z.object({ text: z.string() }), annotations: { readOnlyHint: true } },
    ({ text: said }) => {
      ran('echo');
      return text(said);
    },
  );
  mcp.registerTool('write', { inputSchema: z.object({ text: z.string() }) }, ({ text: said }) => {
    ran('write');
    return text(said);
  });
  mcp.registerTool('meta', {}, (ctx) => text(ctx.mcpReq._meta ?? {}));
  mcp.registerTool('fail', {}, () => {
    throw new Error('It failed.');
  });
  mcp.registerTool('elicit', {}, (ctx) => {
    ran('elicit');
    const answer = ctx.mcpReq.inputResponses?.['colour'];
    return answer === undefined
      ? inputRequired({
          inputRequests: { colour: inputRequired.elicit({ message: 'Which?', requestedSchema: colour }) },
        })
      : text(answer);
  });
  mcp.registerTool('keep-state', {}, (ctx) => {
    const kept = ctx.mcpReq.requestState();
    return kept === undefined ? inputRequired({ requestState: 'kept by the server' }) : text(kept);
  });
  mcp.registerTool('elicit-twice', {}, async (ctx) => {
    const first = await ctx.mcpReq.elicitInput({ mode: 'form', message: 'First?', requestedSchema: colour });
    const second = await ctx.mcpReq.elicitInput({ mode: 'form', message: 'Second?', requestedSchema: colour });
    return text([first, second]);
  });
  mcp.registerTool('elicit-url', {}, async (ctx) =>
    text(
      await ctx.mcpReq.elicitInput({ mode: 'url', message: 'Visit', url: 'https://example.com/', elicitationId: 'e1' }),
    ),
  );
  mcp.registerTool('sample', {}, async (ctx) =>
    text(
      await ctx.mcpReq.requestSampling({
        messages: [{ role: 'user', content: { type: 'text', text: 'Say hi' } }],
        maxTokens: 10,
      }),
    ),
  );
  mcp.registerTool('progress', {}, async (ctx) => {
    const progressToken = ctx.mcpReq._meta?.progressToken;
    for (let step = 1; progressToken !== undefined && step <= 3; step += 1) {
      await ctx.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress: step, total: 3 },
      });
    }
    return text('done');
  });
  mcp.registerTool('log', {}, async (ctx) => {
    for (const level of ['debug', 'error'] as const) await ctx.mcpReq.log(level, `a ${level} line`);
    return text('logged');
  });
  mcp.registerTool('hang', {}, async (ctx) => {
    ran('hang');
    ctx.mcpReq.signal.addEventListener('abort', () => aborted.push('hang'));
    await opened;
    return text('released');
  });
  mcp.registerTool('end-stream', {}, async (ctx) => {
    ctx.http?.closeSSE?.();
    await opened;
    return text('told later');
  });
  mcp.registerResource('note', 'test://note', { mimeType: 'text/plain' }, () => ({
    contents: [{ uri: 'test://note', text: 'a note' }],
  }));
  mcp.registerPrompt('greet', { argsSchema: z.object({ name: z.string() }) }, ({ name }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Greet ${name}` } }],
  }));
  mcp.server.setRequestHandler('resources/subscribe', ({ params }) => {
    subscribed.add(params.uri);
    return {};
  });
  mcp.server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    subscribed.delete(params.uri);
    return {};
  });
  return {
    server: mcp,
    subscribed,
    executions,
    aborted,
    release: open,
    addTool: (name) => void mcp.registerTool(name, {}, () => text(name)),
    resourceUpdated: (uri) => mcp.server.sendResourceUpdated({ uri }),
    log: (data) => mcp.server.sendLoggingMessage({ level: 'warning', data }),
    close: () => mcp.close(),
  };
}
