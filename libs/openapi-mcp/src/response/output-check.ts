import { patternRefusal } from '@mcp-hub/domain';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ToolComponent } from '../components/component.js';
import { ownObject, type JsonObject } from '../document/json.js';
import { textContent, type CallResult } from './call-result.js';

/**
 * Holds results against the output schemas that clients see. Clients validate too, and throw away what does not match;
 * so an answer that does not is an error that carries it whole, in text: it reaches the model either way.
 */
export class OutputCheck {
  readonly #ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    addUsedSchema: false,
    ownProperties: true,
    logger: false,
    code: { regExp: Object.assign(harmlessPattern, { code: 'new RegExp' }) },
  });
  readonly #compiled = new WeakMap<ToolComponent, ValidateFunction | 'unusable'>();

  constructor() {
    // As the clients of the MCP SDK do.
    addFormats.default(this.#ajv);
  }

  /** @param status is told with an answer that does not match: the API itself reported a success */
  check(component: ToolComponent, result: CallResult, status: string): CallResult {
    const { structuredContent: structured } = result;
    const validate = structured === undefined ? undefined : this.#compiledFor(component);
    if (structured === undefined || !validate || validate(structured)) return result;
    const [problem] = validate.errors ?? [];
    // An object where the document declares something else, or one of several kinds.
    const wrapped: JsonObject = { result: structured };
    if (declaresResult(component) && validate(wrapped)) return { ...result, structuredContent: wrapped };
    const at = problem === undefined || problem.instancePath === '' ? 'The answer' : problem.instancePath;
    const remark = `${status}: the API did what was asked. Its answer is not what the document declares: ${at} ${problem?.message ?? 'is not valid'}.`;
    return { content: [...result.content, textContent(remark)], isError: true };
  }

  #compiledFor(component: ToolComponent): ValidateFunction | undefined {
    if (!component.outputSchema) return undefined;
    let compiled = this.#compiled.get(component);
    if (compiled === undefined) {
      compiled = this.#compile(component.outputSchema);
      this.#compiled.set(component, compiled);
    }
    return compiled === 'unusable' ? undefined : compiled;
  }

  #compile(schema: JsonObject): ValidateFunction | 'unusable' {
    try {
      return this.#ajv.compile(schema);
    } catch {
      // Of a schema that nobody can compile, no client can say that a result does not match.
      return 'unusable';
    }
  }
}

function declaresResult({ outputSchema = {} }: ToolComponent): boolean {
  return Object.hasOwn(ownObject(outputSchema, 'properties'), 'result');
}

/** Patterns are the document's: one that takes exponential time matches everything instead. */
function harmlessPattern(pattern: string, flags: string): RegExp {
  return new RegExp(patternRefusal(pattern) === undefined ? pattern : '', flags);
}
