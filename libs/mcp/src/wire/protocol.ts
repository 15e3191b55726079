/** Names and numbers of the Model Context Protocol, both eras. */

/** The revisions with a handshake, oldest first. */
export const legacyVersions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const;
export type LegacyVersion = (typeof legacyVersions)[number];
export const latestLegacyVersion: LegacyVersion = '2025-11-25';

/** The stateless revisions. */
export const modernVersions = ['2026-07-28'] as const;
const firstModernVersion = modernVersions[0];

export function isLegacyVersion(version: unknown): version is LegacyVersion {
  return legacyVersions.some((known) => known === version);
}

const revision = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a revision, known or not, is of the modern era: revisions are dates, and sort as text. */
export function isModernVersion(version: string): boolean {
  return revision.test(version) && version >= firstModernVersion;
}

/** Keys of `_meta` (2026-07-28, "Request metadata"). */
export const metaKey = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
  /** The hub's own: on the first answer after a session was revived. */
  session: 'mcp-hub-registry/session',
} as const;

export const errorCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Of the range that JSON-RPC leaves to implementations: all that the hub itself can't do. */
  hub: -32000,
  /** Beside HTTP 404, as the SDKs' servers have it. */
  sessionNotFound: -32001,
  resourceNotFound: -32002,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedVersion: -32022,
  urlElicitationRequired: -32042,
} as const;

/** What clients tell by the specification; anything else is an extension's. */
export const clientNotifications: ReadonlySet<string> = new Set([
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
  'notifications/tasks/status',
]);

/** Methods whose result may be `input_required` (2026-07-28). */
export const inputMethods: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
