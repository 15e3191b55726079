import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { coerceArguments } from './coerce-arguments.js';
import type { ComponentBase } from '../components/component.js';
import { own, ownObject, type JsonObject } from '../document/json.js';

export type ValidatedArguments = { ok: true; args: JsonObject } | { ok: false; problems: string[] };

/** Checks arguments against input schemas; each tool's is compiled at its first call. */
export class ArgumentValidator {
  readonly #ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    validateFormats: false,
    addUsedSchema: false,
    ownProperties: true,
    logger: false,
  });
  readonly #compiled = new WeakMap<ComponentBase, ValidateFunction>();

  /**
   * @returns the arguments to send, or every problem at once, each naming its argument (openapi-to-mcp.md, section 4)
   */
  validate(component: ComponentBase, given: JsonObject): ValidatedArguments {
    const args = coerceArguments(given, component.inputSchema);
    const validate = this.#compiledFor(component);
    const problems = validate(args) ? [] : (validate.errors ?? []).map((error) => problemOf(error, component));
    problems.push(...missingInBody(component, args));
    return problems.length > 0 ? { ok: false, problems: [...new Set(problems)] } : { ok: true, args };
  }

  #compiledFor(component: ComponentBase): ValidateFunction {
    const known = this.#compiled.get(component);
    if (known) return known;
    const compiled = this.#ajv.compile(component.inputSchema);
    this.#compiled.set(component, compiled);
    return compiled;
  }
}

function problemOf(error: ErrorObject, component: ComponentBase): string {
  const at = error.instancePath.slice(1).split('/').map(unescape).join('.');
  const params = error.params as JsonObject;
  const inside = (name: unknown) => [at, String(name)].filter((part) => part !== '').join('.');
  switch (error.keyword) {
    case 'required':
      return `${inside(params.missingProperty)}: is required`;
    case 'additionalProperties': {
      const name = inside(params.additionalProperty);
      if (at !== '') return `${name}: is not known`;
      const valid = Object.keys(ownObject(component.inputSchema, 'properties'));
      return valid.length === 0
        ? `${name}: is not known; the tool takes no arguments`
        : `${name}: is not known; valid arguments are ${valid.join(', ')}`;
    }
    case 'enum': {
      const allowed = own(params, 'allowedValues');
      return `${at}: must be one of ${JSON.stringify(allowed).slice(1, -1)}`;
    }
    default:
      return `${at === '' ? 'arguments' : at}: ${error.message ?? 'is not valid'}`;
  }
}

function unescape(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** An optional body that is given at all must be whole. */
function missingInBody({ bodies, isBodyRequired, bindings }: ComponentBase, args: JsonObject): string[] {
  if (bodies.length === 0 || isBodyRequired) return [];
  const properties = [...bindings.values()].filter((binding) => binding.place === 'property');
  if (!properties.some(({ key }) => Object.hasOwn(args, key))) return [];
  return properties
    .filter(({ key, isRequired }) => isRequired && !Object.hasOwn(args, key))
    .map(({ key }) => `${key}: is required with the other properties of the body`);
}
