export { GatewayModule, type GatewayModuleOptions } from './gateway.module.js';
export { GatewayRuntime } from './gateway-runtime.js';
export type { LocalHandler } from './delivery.js';
