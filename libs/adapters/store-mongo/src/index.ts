export type { MongoAwaited, MongoConnectionOptions } from './mongo-connection.js';
export { StoreMongoModule, type StoreMongoOptions } from './store-mongo.module.js';
