/** The authorization server gave no token; the message says why, without a secret in it. */
export class AccessTokenFailed extends Error {
  override readonly name = 'AccessTokenFailed';
}
