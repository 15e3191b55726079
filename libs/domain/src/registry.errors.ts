import { HubError, type Issue } from './hub-error.js';

export class ServerNotFound extends HubError {
  readonly code = 'server_not_found';
  readonly kind = 'not_found';
  constructor(readonly serverId: string) {
    super(`There is no server "${serverId}". GET /v0/servers lists those that exist.`);
  }
}

export class DuplicateServer extends HubError {
  readonly code = 'server_exists';
  readonly kind = 'conflict';
  constructor(readonly serverId: string) {
    super(`A server "${serverId}" exists already. Choose another id, or change it by PUT /v0/servers/${serverId}.`);
  }
}

/** A writer in between: the record was no longer at the generation that the change was made for. */
export class GenerationConflict extends HubError {
  readonly code = 'generation_conflict';
  readonly kind = 'conflict';
  constructor(
    readonly serverId: string,
    readonly expected: number,
  ) {
    super(`Somebody else changed "${serverId}" meanwhile. Read it again and repeat the change.`);
  }
}

export class InvalidEntry extends HubError {
  readonly code = 'invalid_entry';
  readonly kind = 'invalid';
  override readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[]) {
    super(
      issues.length === 1
        ? `The server entry has a problem: ${issues[0]?.path ?? ''}: ${issues[0]?.message ?? ''}`
        : `The server entry has ${issues.length} problems; see errors.`,
    );
    this.issues = issues;
  }
}

/** A dependency of the hub itself (database, queue) does not answer. */
export class DependencyUnavailable extends HubError {
  readonly code = 'dependency_unavailable';
  readonly kind = 'unavailable';
  constructor(
    readonly dependency: 'database' | 'queue' | 'routes' | 'sessions',
    options?: { cause?: unknown },
  ) {
    super(`The hub's ${dependency} does not answer at the moment. Try again shortly.`, options);
  }
}

/** A blob that an entry names by hash is not where it was looked for. */
export class BlobMissing extends HubError {
  readonly code = 'blob_missing';
  readonly kind = 'not_found';
  constructor(readonly hash: string) {
    super(`The document ${hash} is not there.`);
  }
}
