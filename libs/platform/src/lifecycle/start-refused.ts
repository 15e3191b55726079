/**
 * Something that a person has to change before the service can start. `runService` says its message, one sentence with
 * the remedy, on stderr and nothing else: a stack would only hide it.
 */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
