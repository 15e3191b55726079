export { openSqlite, type SqliteDatabase, type SqliteOptions } from './sqlite-database.js';
export { SqliteBlobStore } from './sqlite-blob-store.js';
export { SqliteRegistryStore } from './sqlite-registry-store.js';
