/** Thrown by a transport's `send` where not a byte of the message was handed to the peer: a call was not executed. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}
