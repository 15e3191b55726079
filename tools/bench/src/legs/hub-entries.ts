import { join } from 'node:path';
import { fixtures } from './hub-settings.js';

export type Entry = Record<string, unknown> & { id: string };

/** The module server with the tools `echo` and `count`. */
export function echoModule(id: string): Entry {
  return {
    id,
    name: id,
    description: 'Answers with what it is told.',
    module_config: { path: join(fixtures, 'echo-server.mjs'), factory: 'createServer' },
  };
}

/** A server that runs as a child process and has a tool `echo` too. */
export function echoChild(id: string): Entry {
  return {
    id,
    name: id,
    description: 'Answers with what it is told, over stdio.',
    packages: [{ registry_name: 'npm', name: '@modelcontextprotocol/server-everything', version: '2026.8.31' }],
  };
}

/** The bare server as a remote MCP server. */
export function echoRemote(id: string, port: number): Entry {
  return {
    id,
    name: id,
    description: 'Answers with what it is told, somewhere else.',
    remotes: [{ type: 'streamable-http', url: `http://127.0.0.1:${port}/mcp` }],
  };
}

/** The bare server as an HTTP API, whose operation becomes the tool `echo`. */
export function echoApi(id: string, port: number): Entry {
  const message = { name: 'message', in: 'query', required: true, schema: { type: 'string' } };
  const answer = { type: 'object', properties: { message: { type: 'string' } } };
  const content = { 'application/json': { schema: answer } };
  const get = {
    operationId: 'echo',
    parameters: [message],
    responses: { 200: { description: 'The answer.', content } },
  };
  return {
    id,
    name: id,
    description: 'Answers with what it is told, over HTTP.',
    openapi_config: {
      base_url: `http://127.0.0.1:${port}`,
      spec: { openapi: '3.1.0', info: { title: id, version: '1.0.0' }, paths: { '/echo': { get } } },
    },
  };
}

export function mcpPath(id: string): string {
  return `/servers/${id}/mcp`;
}
