import { HubError } from './hub-error.js';

/** A sealed secret can't be opened: its key is not among the configured ones, or the stored text is damaged. */
export class SecretUnreadable extends HubError {
  readonly code = 'secret_unreadable';
  readonly kind = 'internal';
  constructor(reason: 'unknown_key' | 'damaged', options?: { cause?: unknown }) {
    super(
      reason === 'unknown_key'
        ? 'A stored secret was sealed with a key that is not in secrets.key. Add the former key after the current one (comma-separated), or set the secret anew.'
        : 'A stored secret is damaged and can not be opened. Set the secret anew.',
      options,
    );
  }
}

/** `secrets.key` or `cluster.secret` is not a list of 32-byte keys. */
export class InvalidKey extends HubError {
  readonly code = 'invalid_key';
  readonly kind = 'invalid';
  constructor(problem: string) {
    super(`${problem} Each key is 32 bytes in base64 or hex, for example from: openssl rand -base64 32`);
  }
}
