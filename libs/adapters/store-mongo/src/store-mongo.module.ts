import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { MongooseModule, getConnectionToken, getModelToken } from '@nestjs/mongoose';
import { BlobStore, RegistryStore, type Clock } from '@mcp-hub/application';
import type { Connection, Model } from 'mongoose';
import {
  blobChunkModel,
  blobChunkSchema,
  blobModel,
  blobSchema,
  type BlobChunkDocument,
  type BlobDocument,
} from './blob.schema.js';
import { MongoBlobStore } from './mongo-blob-store.js';
import { MongoConnection, connectOptionsOf, type MongoConnectionOptions } from './mongo-connection.js';
import { MongoRegistryStore } from './mongo-registry-store.js';
import { serverModel, serverSchema, type ServerDocument } from './server.schema.js';

export interface StoreMongoOptions extends MongoConnectionOptions {
  /** Of the servers (default `servers`); blobs are in `<collectionName>_blobs` and `<collectionName>_blob_chunks`. */
  collectionName?: string;
  clock: Clock;
}

const connectionName = 'store-mongo';

/**
 * Provides `RegistryStore` and `BlobStore` to the whole application, on one connection. The module does not wait for
 * MongoDB: the stores do, in `start()`, which the application calls; it closes them when it shuts down.
 */
@Module({})
export class StoreMongoModule implements OnApplicationShutdown {
  constructor(
    private readonly registryStore: RegistryStore,
    private readonly blobStore: BlobStore,
  ) {}

  static forRoot(options: StoreMongoOptions): DynamicModule {
    const { collectionName = 'servers' } = options;
    return {
      module: StoreMongoModule,
      global: true,
      imports: [
        MongooseModule.forRoot(options.uri, {
          ...connectOptionsOf(options),
          connectionName,
          lazyConnection: true,
          connectionFactory: (connection: Connection) => {
            // The first attempt runs already; `MongoConnection` deals with its failure.
            connection.on('error', () => undefined);
            return connection;
          },
        }),
        MongooseModule.forFeature(
          [
            { name: serverModel, schema: serverSchema, collection: collectionName },
            { name: blobModel, schema: blobSchema, collection: `${collectionName}_blobs` },
            { name: blobChunkModel, schema: blobChunkSchema, collection: `${collectionName}_blob_chunks` },
          ],
          connectionName,
        ),
      ],
      providers: [
        {
          provide: MongoConnection,
          inject: [getConnectionToken(connectionName)],
          useFactory: (connection: Connection) => new MongoConnection(connection, options),
        },
        {
          provide: RegistryStore,
          inject: [MongoConnection, getModelToken(serverModel, connectionName)],
          useFactory: (connection: MongoConnection, servers: Model<ServerDocument>) =>
            new MongoRegistryStore(connection, servers),
        },
        {
          provide: BlobStore,
          inject: [
            MongoConnection,
            getModelToken(blobModel, connectionName),
            getModelToken(blobChunkModel, connectionName),
          ],
          useFactory: (connection: MongoConnection, blobs: Model<BlobDocument>, chunks: Model<BlobChunkDocument>) =>
            new MongoBlobStore(connection, blobs, chunks, options.clock),
        },
      ],
      exports: [RegistryStore, BlobStore],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.registryStore.close(), this.blobStore.close()]);
  }
}
