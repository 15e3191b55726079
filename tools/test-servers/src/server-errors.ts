/** A server can't be had on this machine. The message names what is missing and what to do about it. */
export class ServerUnavailable extends Error {
  readonly code = 'server_unavailable';
  override readonly name = 'ServerUnavailable';
}

/** A server that is installed did not come up. The message carries the end of what it printed. */
export class ServerStartFailed extends Error {
  readonly code = 'server_start_failed';
  override readonly name = 'ServerStartFailed';
}

/** Somebody else's server was asked to die, pause or start again. */
export class ServerNotOwned extends Error {
  readonly code = 'server_not_owned';
  override readonly name = 'ServerNotOwned';
}
