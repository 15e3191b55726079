/** Whether a tool may be executed twice, by its annotations. */
export const counterTools = ['plain', 'idempotent', 'read-only'] as const;
export type CounterTool = (typeof counterTools)[number];

/** What a client was told of a call. */
export type Told =
  | { kind: 'result' }
  | { kind: 'unknown'; code: string }
  | { kind: 'not_executed'; code: string }
  /** Not what the contract says: the connection broke, an answer without an outcome. */
  | { kind: 'nothing'; why: string };

export interface ToldCall {
  /** What the execution writes into the journal. */
  key: string;
  tool: CounterTool;
  client: string;
  told: Told;
}

export interface Verdict {
  calls: number;
  results: number;
  unknown: number;
  notExecuted: number;
  withoutOutcome: number;
  /** Of those whose outcome is unknown. */
  executedOfUnknown: number;
  /** Executions beyond the first, of tools that may be executed twice. */
  repeatedExecutions: number;
  /** How often each reason was given, of the errors with an outcome. */
  reasons: Record<string, number>;
  /** Where what was told and what was executed disagree. */
  violations: string[];
}

/**
 * Compares what clients were told with what was executed (gateway.md, "Sessions, losses, the in-flight contract").
 *
 * @param journal the key of every execution
 */
export function verdictOn(calls: readonly ToldCall[], journal: readonly string[]): Verdict {
  const executions = new Map<string, number>();
  for (const key of journal) executions.set(key, (executions.get(key) ?? 0) + 1);
  const counted = (kind: Told['kind']): ToldCall[] => calls.filter(({ told }) => told.kind === kind);
  const violations: string[] = [];
  const reasons: Record<string, number> = {};
  let repeatedExecutions = 0;
  for (const call of calls) {
    const count = executions.get(call.key) ?? 0;
    const fault = faultOf(call, count);
    if (fault !== undefined) violations.push(`${call.client} ${call.tool} ${call.key}: ${fault}`);
    const { told } = call;
    if (told.kind === 'unknown' || told.kind === 'not_executed') {
      const reason = `${told.kind}: ${told.code}`;
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    if (call.tool !== 'plain' && count > 1) repeatedExecutions += count - 1;
  }
  const known = new Set(calls.map(({ key }) => key));
  for (const key of executions.keys()) if (!known.has(key)) violations.push(`${key}: executed, but nobody called it`);
  return {
    calls: calls.length,
    results: counted('result').length,
    unknown: counted('unknown').length,
    notExecuted: counted('not_executed').length,
    withoutOutcome: counted('nothing').length,
    executedOfUnknown: counted('unknown').filter(({ key }) => executions.has(key)).length,
    repeatedExecutions,
    reasons,
    violations,
  };
}

function faultOf({ tool, told }: ToldCall, count: number): string | undefined {
  if (told.kind === 'nothing') return `no outcome was told (${told.why}); executed ${count} times`;
  if (told.kind === 'result' && count === 0) return 'a result was told, and nothing executed';
  if (told.kind === 'not_executed' && count > 0)
    return `not_executed was told (${told.code}), and executed ${count} times`;
  if (tool === 'plain' && count > 1) return `executed ${count} times, told: ${told.kind}`;
  return undefined;
}
