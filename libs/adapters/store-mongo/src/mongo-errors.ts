import mongoose from 'mongoose';

const { mongo } = mongoose;

const duplicateKey = 11_000;

/**
 * Answers of a server that can't serve now: it starts, stops, or is no primary (any more), or it ran out of the time
 * that the operation had. The numbers are MongoDB's (src/mongo/base/error_codes.yml).
 */
const passingCodes: ReadonlySet<unknown> = new Set([
  6, 7, 50, 64, 89, 91, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
]);

/** Whether another document has the same unique key. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === duplicateKey;
}

/** Whether it is the database that is not there, as opposed to a request that it refuses. */
export function isUnavailable(error: unknown): boolean {
  return (
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoOperationTimeoutError ||
    error instanceof mongo.MongoNotConnectedError ||
    error instanceof mongo.MongoTopologyClosedError ||
    error instanceof mongo.MongoClientClosedError ||
    error instanceof mongo.MongoExpiredSessionError ||
    error instanceof mongoose.Error.MongooseServerSelectionError ||
    (error instanceof mongo.MongoServerError && passingCodes.has(error.code)) ||
    isSocketError(error)
  );
}

/** The driver lets the error of a write to a socket that was just reset through as it is. */
function isSocketError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
