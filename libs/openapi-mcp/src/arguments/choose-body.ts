import type { Binding, ComponentBase } from '../components/component.js';
import { isListPatch } from '../components/patch-bodies.js';
import type { JsonObject } from '../document/json.js';
import type { BodyContent } from '../operations/operation.js';

/** The content that a call is sent as, and its value, not encoded yet. */
export interface ChosenBody {
  content: BodyContent;
  value: unknown;
}

/**
 * The body of a call from its validated arguments (openapi-to-mcp.md, section 4, "Bodies"): the properties of an object
 * under their wire names, or one argument unwrapped; a required
 * body without any argument is `{}`.
 *
 * @returns undefined where no body is sent
 */
export function chooseBody(component: ComponentBase, args: JsonObject): ChosenBody | undefined {
  const [preferred] = component.bodies;
  if (!preferred) return undefined;
  const value = bodyValue(component, args);
  if (value === undefined) return undefined;
  return { content: chooseContent(component, args, value) ?? preferred, value };
}

function chooseContent({ bodies, bindings }: ComponentBase, args: JsonObject, value: unknown): BodyContent | undefined {
  if (bodies.length < 2) return undefined;
  const chooser = bindingOf(bindings, 'content-type');
  const type = chooser && Object.hasOwn(args, chooser.key) ? args[chooser.key] : undefined;
  const chosen = bodies.find(({ mediaType }) => mediaType === type);
  return chosen ?? bodies.find((body) => isListPatch(body) === Array.isArray(value));
}

function bodyValue({ isBodyRequired, bindings, hasOpenBody }: ComponentBase, args: JsonObject): unknown {
  const whole = bindingOf(bindings, 'body');
  if (whole) return Object.hasOwn(args, whole.key) ? args[whole.key] : undefined;
  const properties = Object.entries(args).flatMap(([key, value]): [string, unknown][] => {
    const binding = bindings.get(key);
    if (binding?.place === 'property') return [[binding.name, value]];
    return binding === undefined && hasOpenBody ? [[key, value]] : [];
  });
  return properties.length > 0 || isBodyRequired ? Object.fromEntries(properties) : undefined;
}

function bindingOf(bindings: ComponentBase['bindings'], place: Binding['place']): Binding | undefined {
  return [...bindings.values()].find((binding) => binding.place === place);
}
