import type { ErrorObject } from 'ajv';
import type { ComponentBase } from '../components/component.js';
import type { Diagnostic } from '../document/diagnostics.js';
import { own, ownArray, ownObject, strings, type JsonObject } from '../document/json.js';
import { TypeReader, typeOf } from './allowed-types.js';
import { describeProblems, limitProblems, unknownArgument } from './argument-problems.js';
import { coerceArguments } from './coerce-arguments.js';
import { decodeFile } from '../request/binary-value.js';
import { SchemaCompiler, type Check } from './compile-schema.js';
import { replaceExactIntegers } from './exact-integer.js';
import { isNestedTooDeeply } from './nesting.js';

export type ValidatedArguments = { ok: true; args: JsonObject } | { ok: false; problems: string[] };

/** Checks arguments against input schemas; each component's is compiled at its first call. */
export class ArgumentValidator {
  readonly #compiler = new SchemaCompiler('arguments');
  readonly #checks = new WeakMap<ComponentBase, Check | 'shallow'>();

  /** @param report takes a schema that can't be compiled; its arguments are checked by names and types only */
  constructor(private readonly report: (diagnostic: Diagnostic) => void = () => undefined) {}

  /**
   * @returns the arguments to send, integers beyond 2^53 for JSON as `ExactInteger`; or every problem at once, each
   *   naming its argument (openapi-to-mcp.md, section 4)
   */
  validate(component: ComponentBase, given: JsonObject): ValidatedArguments {
    if (isNestedTooDeeply(given)) return { ok: false, problems: ['The arguments are nested too deeply.'] };
    const coerced = coerceArguments(given, component.inputSchema);
    const args = forWire(component, coerced);
    const problems = limitProblems([
      ...this.#problemsOf(component, replaceExactIntegers(coerced, (exact) => exact.toJSON()) as JsonObject),
      ...missingInBody(component, args),
      ...givenTwice(component, args),
      ...notBinary(component, args),
    ]);
    return problems.length > 0 ? { ok: false, problems } : { ok: true, args };
  }

  #problemsOf(component: ComponentBase, args: JsonObject): string[] {
    const { inputSchema } = component;
    const check = this.#checkOf(component);
    const empty = allowedEmpty(component, args);
    const judged = Object.fromEntries(Object.entries(args).filter(([key]) => !empty.has(key)));
    const errors = check === 'shallow' ? undefined : check(judged);
    if (!errors) return shallowProblems(inputSchema, judged, empty);
    const isGiven = ({ instancePath, keyword, params }: ErrorObject) =>
      instancePath === '' && keyword === 'required' && empty.has(String((params as JsonObject).missingProperty));
    return describeProblems(
      errors.filter((error) => !isGiven(error)),
      inputSchema,
    );
  }

  #checkOf(component: ComponentBase): Check | 'shallow' {
    const known = this.#checks.get(component);
    if (known) return known;
    const check = this.#compiler.compile(component.inputSchema) ?? 'shallow';
    this.#checks.set(component, check);
    if (check === 'shallow') {
      this.report({
        severity: 'warning',
        pointer: component.operation.pointer,
        code: 'validation_shallow',
        message: 'The schema of its arguments could not be compiled; they are checked by names and types only.',
      });
    }
    return check;
  }
}

/** Query parameters that may be empty whatever their schema says (`allowEmptyValue`), and are. */
function allowedEmpty({ bindings }: ComponentBase, args: JsonObject): ReadonlySet<string> {
  const empty = [...bindings.values()].filter(
    (binding) =>
      binding.place === 'parameter' &&
      binding.parameter.allowsEmptyValue === true &&
      Object.hasOwn(args, binding.key) &&
      args[binding.key] === '',
  );
  return new Set(empty.map(({ key }) => key));
}

/** Digits beyond 2^53 are text wherever they become text anyway. */
function forWire({ bindings, bodies }: ComponentBase, args: JsonObject): JsonObject {
  const isJsonBody = bodies.every(({ kind }) => kind === 'json');
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => {
      const binding = bindings.get(key);
      const isJson = binding?.place === 'parameter' ? binding.parameter.content?.kind === 'json' : isJsonBody;
      return [key, isJson ? value : replaceExactIntegers(value, ({ digits }) => digits)];
    }),
  );
}

/** @param empty arguments that are given beside `args` */
function shallowProblems(inputSchema: JsonObject, args: JsonObject, empty: ReadonlySet<string>): string[] {
  const properties = ownObject(inputSchema, 'properties');
  const types = new TypeReader(inputSchema);
  const required = strings(ownArray(inputSchema, 'required'));
  const missing = required.filter((name) => !Object.hasOwn(args, name) && !empty.has(name));
  const wrong = Object.entries(args).flatMap(([key, value]) => {
    if (!Object.hasOwn(properties, key)) {
      return own(inputSchema, 'additionalProperties') === false ? [unknownArgument(key, inputSchema)] : [];
    }
    const allowed = types.of(own(properties, key));
    return allowed && !allowed.has(typeOf(value)) ? [`${key}: must be ${[...allowed].join(' or ')}`] : [];
  });
  return [...missing.map((name) => `${name}: is required`), ...wrong];
}

/** An optional body that is given at all must be whole. */
function missingInBody({ bodies, isBodyRequired, bindings, hasOpenBody }: ComponentBase, args: JsonObject): string[] {
  if (bodies.length === 0 || isBodyRequired) return [];
  const properties = [...bindings.values()].filter((binding) => binding.place === 'property');
  const isOpenGiven = hasOpenBody && Object.keys(args).some((key) => !bindings.has(key));
  if (!isOpenGiven && !properties.some(({ key }) => Object.hasOwn(args, key))) return [];
  return properties
    .filter(({ key, isRequired }) => isRequired && !Object.hasOwn(args, key))
    .map(({ key }) => `${key}: is required with the other properties of the body`);
}

/** By its key, and as an additional property by its name on the wire: one of the two would be lost. */
function givenTwice({ bindings, hasOpenBody }: ComponentBase, args: JsonObject): string[] {
  if (!hasOpenBody) return [];
  return [...bindings.values()].flatMap((binding) => {
    if (binding.place !== 'property' || bindings.has(binding.name)) return [];
    const isTwice = Object.hasOwn(args, binding.key) && Object.hasOwn(args, binding.name);
    return isTwice ? [`${binding.name}: is the same as ${binding.key}; give one of them`] : [];
  });
}

function notBinary({ bindings }: ComponentBase, args: JsonObject): string[] {
  return [...bindings.values()].flatMap((binding) => {
    if (binding.place === 'parameter' || binding.place === 'content-type' || binding.isBinary !== true) return [];
    const value = Object.hasOwn(args, binding.key) ? args[binding.key] : null;
    const items: unknown[] = Array.isArray(value) ? value : [value];
    return items.flatMap((item, index) => {
      const decoded = item === null ? undefined : decodeFile(item);
      if (!decoded || decoded.ok) return [];
      return [`${binding.key}${Array.isArray(value) ? `.${index}` : ''}: ${decoded.problem}`];
    });
  });
}
