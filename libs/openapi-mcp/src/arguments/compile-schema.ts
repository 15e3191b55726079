import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { canonicalJson } from '../components/combine-schemas.js';
import { isObject, ownObject, type JsonObject } from '../document/json.js';
import { PatternBudget } from './pattern-budget.js';

/** Definitions that one check evaluates: variants that refer to themselves double with every level of a value. */
const mostEvaluations = 200_000;
/** Put into each definition to count them. */
const counter = 'countsEvaluations';

/** @returns what is wrong with a value, nothing where it fits; undefined where finding out would take too long */
export type Check = (value: unknown) => readonly ErrorObject[] | undefined;

class TooManyEvaluations extends Error {}

/**
 * Of arguments everything that is wrong is found, formats are left to the API, and `19.99` is a multiple of `0.01`
 * whatever binary fractions make of it. Answers are judged as the clients of the MCP SDK do, up to the first problem.
 */
const strictness = {
  arguments: { allErrors: true, validateFormats: false, multipleOfPrecision: 6 },
  answers: { allErrors: false, validateFormats: true },
} as const;

/**
 * Makes checks of schemas that clients see. The time that a check takes is bounded: what patterns may cost is, the
 * items of a list are told apart without comparing each with each, and evaluations are counted.
 */
export class SchemaCompiler {
  readonly #patterns = new PatternBudget();
  readonly #ajv: Ajv2020;
  #left = 0;

  constructor(checked: keyof typeof strictness) {
    const regExp = (source: string, flags: string) => this.#patterns.pattern(source, flags);
    this.#ajv = new Ajv2020({
      ...strictness[checked],
      strict: false,
      validateSchema: false,
      addUsedSchema: false,
      ownProperties: true,
      logger: false,
      code: { regExp: Object.assign(regExp, { code: 'boundedPattern' }) },
    });
    if (checked === 'answers') addFormats.default(this.#ajv);
    this.#ajv.addKeyword({
      keyword: counter,
      schemaType: 'boolean',
      errors: false,
      validate: () => {
        this.#left -= 1;
        if (this.#left < 0) throw new TooManyEvaluations();
        return true;
      },
    });
    this.#ajv.removeKeyword('uniqueItems');
    this.#ajv.addKeyword({
      keyword: 'uniqueItems',
      type: 'array',
      schemaType: 'boolean',
      error: { message: 'must not have equal items' },
      validate: (isUnique: boolean, items: unknown[]) =>
        !isUnique || new Set(items.map(canonicalJson)).size === items.length,
    });
  }

  #check(validate: ValidateFunction, value: unknown): readonly ErrorObject[] | undefined {
    this.#left = mostEvaluations;
    this.#patterns.renew();
    try {
      return validate(value) ? [] : (validate.errors ?? []);
    } catch (error) {
      // The stack: a schema that refers to itself without ever going deeper.
      if (error instanceof TooManyEvaluations || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** @returns undefined where the schema can't be compiled */
  compile(schema: JsonObject): Check | undefined {
    try {
      const validate = this.#ajv.compile(counted(schema));
      return (value) => this.#check(validate, value);
    } catch (error) {
      // Whatever Ajv finds wrong: a schema that is too deep for the stack included.
      if (error instanceof Error) return undefined;
      throw error;
    }
  }
}

function counted(schema: JsonObject): JsonObject {
  const definitions = Object.entries(ownObject(schema, '$defs'));
  if (definitions.length === 0) return schema;
  const $defs = definitions.map(([name, one]) => [name, isObject(one) ? { ...one, [counter]: true } : one] as const);
  return { ...schema, $defs: Object.fromEntries($defs) };
}
