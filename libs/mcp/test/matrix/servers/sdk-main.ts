import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { McpServer as McpServerV2 } from '@modelcontextprotocol/server';
import { featureServer } from '../../support/feature-servers.js';

if (process.argv[2] === 'v1') await (featureServer('v1').server as McpServerV1).connect(new StdioServerTransport());
else serveStdio(() => featureServer('v2').server as McpServerV2);
