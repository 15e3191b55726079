import type { ParameterStyle } from '../operations/operation.js';

export interface Delimiter {
  character: string;
  /** For whoever is told that a value must not have it. */
  named: string;
}

const delimiters: Readonly<Partial<Record<ParameterStyle, Delimiter>>> = {
  spaceDelimited: { character: ' ', named: 'a space' },
  pipeDelimited: { character: '|', named: 'a pipe (|)' },
  tabDelimited: { character: '\t', named: 'a tab' },
};

/**
 * What stands between the items where it is no comma: of a query, and of a path or header where Swagger 2.0's
 * `collectionFormat` says so. It can't be told from the same character in an item, as a comma can: that is encoded.
 */
export function delimiterOf(style: ParameterStyle): Delimiter | undefined {
  return delimiters[style];
}

export function delimiterProblem({ named }: Delimiter): string {
  return `must not have ${named} in an item: it separates them`;
}
