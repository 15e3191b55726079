import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { canonicalJson } from '../components/combine-schemas.js';
import { isObject, ownObject, type JsonObject } from '../document/json.js';

/** Patterns are not tried on longer texts: what a pattern costs grows with them, perhaps faster than they do. */
const longestMatched = 4096;

/** Definitions that one check evaluates: variants that refer to themselves double with every level of a value. */
const mostEvaluations = 200_000;
/** Put into each definition to count them. */
const counter = 'countsEvaluations';

/** @returns what is wrong with a value, nothing where it fits; undefined where finding out would take too long */
export type Check = (value: unknown) => readonly ErrorObject[] | undefined;

class TooManyEvaluations extends Error {}

/**
 * Makes checks of input schemas. The time that a check takes is bounded: patterns see short texts only, the items of
 * a list are told apart without comparing each with each, and evaluations are counted.
 */
export class SchemaCompiler {
  readonly #ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateFormats: false,
    validateSchema: false,
    addUsedSchema: false,
    ownProperties: true,
    logger: false,
    code: { regExp: Object.assign(boundedPattern, { code: 'boundedPattern' }) },
  });

  #left = 0;

  constructor() {
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

function boundedPattern(pattern: string, flags: string) {
  const expression = new RegExp(pattern, flags);
  return {
    test: (text: string) => text.length > longestMatched || expression.test(text),
    // Ajv tells patterns apart by this.
    toString: () => String(expression),
  };
}
