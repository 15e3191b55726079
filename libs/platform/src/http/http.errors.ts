import { HubError, type Issue } from '@mcp-hub/domain';

export class Unauthenticated extends HubError {
  readonly code = 'unauthenticated';
  readonly kind = 'unauthenticated';
  constructor(outcome: 'missing' | 'rejected') {
    super(
      outcome === 'missing'
        ? 'This needs an Authorization: Bearer header with a token of this hub (api.auth_tokens).'
        : 'The token is not one of this hub (api.auth_tokens).',
    );
  }
}

export class ScopeMissing extends HubError {
  readonly code = 'scope_missing';
  readonly kind = 'forbidden';
  constructor(scope: string) {
    super(`The token lacks the scope "${scope}" that this needs.`);
  }
}

/** A token's `namespaces` or `servers` do not cover what it was used for. */
export class OutsideTokenReach extends HubError {
  readonly code = 'outside_token_reach';
  readonly kind = 'forbidden';
  constructor(what: 'namespaces' | 'servers') {
    super(`The token may not be used for this server: its ${what} do not include it.`);
  }
}

export class ForeignOrigin extends HubError {
  readonly code = 'foreign_origin';
  readonly kind = 'forbidden';
  constructor() {
    super('Writes from web pages of another origin are refused. Use the command line, or a page of this hub.');
  }
}

export class UnsupportedMedia extends HubError {
  readonly code = 'unsupported_media';
  readonly kind = 'unsupported_media';
}

export class BodyTooLarge extends HubError {
  readonly code = 'too_large';
  readonly kind = 'too_large';
  constructor(limitBytes: number) {
    super(`The body is larger than ${limitBytes} bytes.`);
  }
}

/** The bytes of the body are no JSON, or no YAML. */
export class MalformedBody extends HubError {
  readonly code = 'malformed_body';
  readonly kind = 'malformed';
}

/** The body is understood, but its fields are not right. */
export class InvalidBody extends HubError {
  readonly code = 'invalid_body';
  readonly kind = 'invalid';
  override readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[]) {
    super(summary('The body', issues));
    this.issues = issues;
  }
}

/** Query or path parameters that are not right. */
export class InvalidParameters extends HubError {
  readonly code = 'invalid_parameters';
  readonly kind = 'malformed';
  override readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[]) {
    super(summary('The request', issues));
    this.issues = issues;
  }
}

function summary(subject: string, issues: readonly Issue[]): string {
  const [first] = issues;
  return issues.length === 1 && first
    ? `${subject} has a problem: ${first.path}: ${first.message}`
    : `${subject} has ${issues.length} problems; see errors.`;
}
