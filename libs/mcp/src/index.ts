export { ClientBackend, sharedClientCapabilities, type ClientBackendOptions } from './backends/client-backend.js';
export { connectInMemoryServer, type InMemoryServerOptions } from './backends/connect-in-memory-server.js';
export { FloodGuard, floodLimits, type FloodLimits } from './backends/flood-guard.js';
export { inMemoryTransportPair } from './backends/in-memory-transport.js';
export { ModernBackend, type ModernBackendOptions } from './backends/modern-backend.js';
export { connectRemoteServer, type RemoteServerOptions } from './backends/http/connect-remote-server.js';
export {
  headerOf,
  type HttpExchange,
  type HttpHeaders,
  type HttpReceiver,
  type HttpRequest,
  type HttpSend,
} from './backends/http/http-send.js';
export { ModernHttpTransport, type ModernHttpTransportOptions } from './backends/http/modern-http-transport.js';
export {
  StreamableHttpTransport,
  type StreamableHttpTransportOptions,
} from './backends/http/streamable-http-transport.js';
export { SseTransport, type SseTransportOptions } from './backends/http/sse-transport.js';
export { LostRequest } from './backends/lost-request.js';
export { NotSent } from './backends/not-sent.js';
export type { RawMessageExtra, RawTransport } from './backends/raw-transport.js';
export { ServerRefused } from './backends/server-refused.js';
export { StdioTransport, type StdioTransportOptions } from './backends/stdio-transport.js';
export { TwoEraBackend, type TwoEraOptions } from './backends/two-era-backend.js';
export { CallExecution, CallLedger, type CallLedgerLimits, type CallState, type DeliveredCall } from './call-ledger.js';
export { CallLoss, type LossReason } from './call-loss.js';
export type { BreakerLimits, BreakerReport } from './frontends/calls/circuit-breaker.js';
export {
  ownerHeader,
  type EndpointLimits,
  type EndpointRequest,
  type HttpSseRequest,
  type McpEndpointOptions,
} from './frontends/endpoint-options.js';
export { McpEndpoint } from './frontends/mcp-endpoint.js';
export { InputRefusal } from './input-refusal.js';
export { SessionIds, type SessionIdClaims } from './session-ids.js';
export { StateSeal, type OpenedState, type StateBinding, type StateSealOptions } from './state-seal.js';
export { errorCode } from './wire/protocol.js';
export { textOutcome } from './wire/text-outcome.js';
export { systemTimers, type Timers } from './wire/timers.js';
