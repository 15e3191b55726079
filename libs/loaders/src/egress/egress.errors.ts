import { HubError } from '@mcp-hub/domain';

/** A URL of an entry leads where the hub does not connect (hosting.md, "Egress"). */
export class EgressRefused extends HubError {
  readonly code = 'egress_refused';
  readonly kind = 'forbidden';
}

/** An answer is larger than the hub takes, as sent or once decompressed. */
export class AnswerTooLarge extends HubError {
  readonly code = 'answer_too_large';
  readonly kind = 'upstream';
  constructor(maxBytes: number) {
    super(`The answer is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB.`);
  }
}
