/**
 * The cause of a `LoadFailed` where the server runs, and answered that it can't do what it was asked. Where that was to
 * shake hands, it may still speak another era.
 */
export class ServerRefused extends Error {
  override readonly name = 'ServerRefused';

  /** @param code of the server's JSON-RPC error; undefined where it named a version that it speaks instead */
  constructor(
    message: string,
    readonly code?: number,
  ) {
    super(message);
  }
}
