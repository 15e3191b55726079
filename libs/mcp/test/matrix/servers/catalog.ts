import type { Json } from './script.js';

/** What the scripted servers of both eras say of themselves: all of the protocol, and something that it does not know. */
export const serverInfo: Json = {
  name: 'scripted',
  title: 'Scripted server',
  version: '3.2.1',
  websiteUrl: 'https://example.com/',
  'x-unknown': { deep: [1, 2] },
};

export const instructions = 'Follow the script. Überall gleich.';

export const capabilities: Json = {
  logging: {},
  completions: {},
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  experimental: { 'com.example/trial': { level: 3 } },
  extensions: { 'com.example/extension': { mime: ['text/x'] } },
  'x-unknown': { on: true },
};

/** Which only servers of the legacy era have. */
export const tasks: Json = { list: {}, cancel: {}, requests: { tools: { call: {} } } };

/** Beside the members that the protocol knows, in the answer to the handshake or `server/discover`. */
export const helloMembers: Json = { 'x-hello': ['kept'], _meta: { 'com.example/hello': 1 } };

const meta = { _meta: { 'com.example/item': { n: 1 } }, 'x-unknown': [true] };

export const tools: Json[] = [
  {
    name: 'scripted',
    title: 'Scripted',
    description: 'Does as its script says',
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { city: { $ref: '#/$defs/city' } },
      $defs: { city: { type: 'string', 'x-hint': 'a city' } },
    },
    outputSchema: { type: 'object', properties: { n: { type: 'number' } } },
    annotations: { readOnlyHint: true, 'x-own': 1 },
    icons: [{ src: 'https://example.com/i.png', sizes: ['48x48'] }],
    ...meta,
  },
  { name: 'Wörter zählen ✓', description: 'A name beyond ASCII', inputSchema: { type: 'object' } },
  {
    name: 'regional',
    inputSchema: {
      type: 'object',
      properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
      required: ['region'],
    },
  },
];

/** What only servers of the legacy era may say of a tool. */
export const legacyTools: Json[] = [
  ...tools,
  { name: 'patient', inputSchema: { type: 'object' }, execution: { taskSupport: 'optional' } },
];

export const prompts: Json[] = [
  { name: 'greet', title: 'Greet', description: 'Greets', arguments: [{ name: 'name', required: true }], ...meta },
];

export const resources: Json[] = [
  { uri: 'test://note', name: 'note', mimeType: 'text/plain', size: 6, annotations: { priority: 1 }, ...meta },
];

export const resourceTemplates: Json[] = [{ uriTemplate: 'test://items/{id}', name: 'item', ...meta }];

/** The list that a method asks for. */
export function listOf(method: string, isLegacy: boolean): Json | undefined {
  switch (method) {
    case 'tools/list':
      return { tools: isLegacy ? legacyTools : tools };
    case 'prompts/list':
      return { prompts };
    case 'resources/list':
      return { resources };
    case 'resources/templates/list':
      return { resourceTemplates };
    default:
      return undefined;
  }
}
