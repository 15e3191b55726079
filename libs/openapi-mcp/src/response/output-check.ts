import { SchemaCompiler, type Check } from '../arguments/compile-schema.js';
import type { ToolComponent } from '../components/component.js';
import { ownObject, type JsonObject } from '../document/json.js';
import { textContent, type CallResult } from './call-result.js';

/**
 * Holds results against the output schemas that clients see. Clients validate too, and throw away what does not match;
 * so an answer that does not is an error that carries it whole, in text: it reaches the model either way.
 */
export class OutputCheck {
  readonly #compiler = new SchemaCompiler('answers');
  readonly #compiled = new WeakMap<ToolComponent, Check | 'unusable'>();

  /** @param status is told with an answer that does not match: the API itself reported a success */
  check(component: ToolComponent, result: CallResult, status: string): CallResult {
    const { structuredContent: structured } = result;
    const check = structured === undefined ? undefined : this.#checkOf(component);
    const problems = check?.(structured);
    // What takes too long to find out is taken as given.
    if (structured === undefined || !check || !problems || problems.length === 0) return result;
    const [problem] = problems;
    // An object where the document declares something else, or one of several kinds.
    const wrapped: JsonObject = { result: structured };
    if (declaresResult(component) && check(wrapped)?.length === 0) return { ...result, structuredContent: wrapped };
    const at = problem === undefined || problem.instancePath === '' ? 'The answer' : problem.instancePath;
    const remark = `${status}: the API did what was asked. Its answer is not what the document declares: ${at} ${problem?.message ?? 'is not valid'}.`;
    return { content: [...result.content, textContent(remark)], isError: true };
  }

  /** Of a schema that nobody can compile, no client can say that a result does not match. */
  #checkOf(component: ToolComponent): Check | undefined {
    if (!component.outputSchema) return undefined;
    let compiled = this.#compiled.get(component);
    if (compiled === undefined) {
      compiled = this.#compiler.compile(component.outputSchema) ?? 'unusable';
      this.#compiled.set(component, compiled);
    }
    return compiled === 'unusable' ? undefined : compiled;
  }
}

function declaresResult({ outputSchema = {} }: ToolComponent): boolean {
  return Object.hasOwn(ownObject(outputSchema, 'properties'), 'result');
}
