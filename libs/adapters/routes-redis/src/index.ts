export { RedisBlobExchange, type RedisBlobExchangeOptions } from './redis-blob-exchange.js';
export { RedisRouteTable, type RedisRouteTableOptions } from './redis-route-table.js';
export { RedisSessionStore, type RedisSessionStoreOptions } from './redis-session-store.js';

/** In front of all keys of a hub in Redis; hubs that share a server use databases of their own (`redis://host/1`). */
export const redisNamespace = 'mcp-hub';
