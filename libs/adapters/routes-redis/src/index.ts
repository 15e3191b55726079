export { RedisBlobExchange, type RedisBlobExchangeOptions } from './redis-blob-exchange.js';
export { RedisRouteTable, type RedisRouteTableOptions } from './redis-route-table.js';
export { RedisSessionStore, type RedisSessionStoreOptions } from './redis-session-store.js';
