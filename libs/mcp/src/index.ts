export { ClientBackend, sharedClientCapabilities, type ClientBackendOptions } from './backends/client-backend.js';
export { connectInMemoryServer, type InMemoryServerOptions } from './backends/connect-in-memory-server.js';
export { inMemoryTransportPair } from './backends/in-memory-transport.js';
export { NotSent } from './backends/not-sent.js';
export type { RawMessageExtra, RawTransport } from './backends/raw-transport.js';
export { StdioTransport, type StdioTransportOptions } from './backends/stdio-transport.js';
export { CallLoss, type LossReason } from './call-loss.js';
export {
  ownerHeader,
  type EndpointLimits,
  type EndpointRequest,
  type McpEndpointOptions,
} from './frontends/endpoint-options.js';
export { McpEndpoint } from './frontends/mcp-endpoint.js';
export { InputRefusal } from './input-refusal.js';
export { SessionIds, type SessionIdClaims } from './session-ids.js';
export { StateSeal, type OpenedState, type StateBinding, type StateSealOptions } from './state-seal.js';
export { errorCode } from './wire/protocol.js';
export { systemTimers, type Timers } from './wire/timers.js';
