import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { CallsReport } from './call-document.js';

/** Why a request that the validator refuses is right, or why nothing better could be sent. */
export interface Explanation {
  /** Of all documents unless given. */
  document?: string;
  /** `POST /things`; of all operations unless given. */
  operation?: string;
  /** A part of what the validator says. */
  problem: string;
  /** Who is at fault. */
  whose: 'validator' | 'document' | 'generator' | 'design';
  why: string;
}

export async function readExplanations(): Promise<Explanation[]> {
  const text = await readFile(new URL('../../data/explanations.yaml', import.meta.url), 'utf8');
  return parse(text) as Explanation[];
}

export interface CallsSummary {
  operations: number;
  passed: number;
  documents: { id: string; operations: number; passed: number }[];
  /** Each failed operation with its reason, by who is at fault. */
  explained: { whose: Explanation['whose']; why: string; operations: string[] }[];
  /** Failures that nothing explains. */
  unexplained: string[];
  failures: string[];
}

export function summarizeCalls(reports: readonly CallsReport[], explanations: readonly Explanation[]): CallsSummary {
  const explained = new Map<string, CallsSummary['explained'][number]>();
  const unexplained: string[] = [];
  for (const { id, outcomes } of reports) {
    for (const { operation, problems } of outcomes) {
      if (problems.length === 0) continue;
      const found = problems.map((problem) => explanations.find((one) => explains(one, id, operation, problem)));
      const [first] = found;
      if (first === undefined || found.includes(undefined)) {
        const open = problems.filter((_, index) => found[index] === undefined);
        unexplained.push(`${id} ${operation}: ${open.join('; ').slice(0, 400)}`);
      } else {
        const { whose, why } = first;
        const known = explained.get(`${whose} ${why}`) ?? { whose, why, operations: [] };
        known.operations.push(`${id} ${operation}`);
        explained.set(`${whose} ${why}`, known);
      }
    }
  }
  const documents = reports.map(({ id, outcomes }) => ({
    id,
    operations: outcomes.length,
    passed: outcomes.filter(({ problems }) => problems.length === 0).length,
  }));
  return {
    operations: documents.reduce((sum, { operations }) => sum + operations, 0),
    passed: documents.reduce((sum, { passed }) => sum + passed, 0),
    documents,
    explained: [...explained.values()].sort((a, b) => b.operations.length - a.operations.length),
    unexplained,
    failures: reports.flatMap(({ id, failure }) => (failure === undefined ? [] : [`${id}: ${failure}`])),
  };
}

function explains(one: Explanation, id: string, operation: string, problem: string): boolean {
  return (
    (one.document === undefined || one.document === id) &&
    (one.operation === undefined || one.operation === operation) &&
    problem.includes(one.problem)
  );
}

/** At least 99 of 100 pass, and the rest is explained. */
export function areCallsGood({ operations, passed, unexplained, failures }: CallsSummary): boolean {
  return passed >= operations * 0.99 && unexplained.length === 0 && failures.length === 0;
}
