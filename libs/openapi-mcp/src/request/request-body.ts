import type { ComponentBase } from '../components/component.js';
import { isObject, type JsonObject } from '../document/json.js';
import { isOmitted, serializeQuery, textOf } from './serialize-parameter.js';

export type EncodedBody =
  { ok: true; content?: string | Uint8Array; contentType?: string } | { ok: false; problems: string[] };

/**
 * The body of a request (openapi-to-mcp.md, section 4): the properties of an object, or one argument unwrapped. A
 * required body without any argument is `{}`.
 */
export function encodeBody(component: ComponentBase, args: JsonObject): EncodedBody {
  const [body] = component.bodies;
  if (!body) return { ok: true };
  const value = bodyValue(component, args);
  if (value === undefined) return { ok: true };
  const contentType = body.mediaType;
  switch (body.kind) {
    case 'json':
      return { ok: true, content: JSON.stringify(value), contentType };
    case 'form':
      return {
        ok: true,
        content: isObject(value) ? formText(value) : textOf(value),
        contentType,
      };
    case 'multipart':
      return { ok: false, problems: ['multipart bodies are not sent yet'] };
    case 'text':
      return { ok: true, content: textOf(value), contentType };
    case 'binary':
      return decodeBase64(component, textOf(value), contentType);
  }
}

function bodyValue({ isBodyRequired, bindings, hasOpenBody }: ComponentBase, args: JsonObject): unknown {
  const whole = [...bindings.values()].find((binding) => binding.place === 'body');
  if (whole) return Object.hasOwn(args, whole.key) ? args[whole.key] : undefined;
  const properties = Object.entries(args).flatMap(([key, value]): [string, unknown][] => {
    const binding = bindings.get(key);
    if (binding?.place === 'property') return [[binding.name, value]];
    return binding === undefined && hasOpenBody ? [[key, value]] : [];
  });
  return properties.length > 0 || isBodyRequired ? Object.fromEntries(properties) : undefined;
}

/** `application/x-www-form-urlencoded`: arrays repeat their name, objects nest by brackets. */
function formText(value: JsonObject): string {
  return Object.entries(value)
    .filter(([, member]) => !isOmitted(member))
    .flatMap(([name, member]) =>
      serializeQuery(
        {
          name,
          style: isObject(member) ? 'deepObject' : 'form',
          isExploded: true,
          allowsReserved: false,
        },
        member,
      ),
    )
    .map(([name, text]) => `${name}=${text}`)
    .join('&')
    .replaceAll('%20', '+');
}

function decodeBase64(component: ComponentBase, text: string, contentType: string): EncodedBody {
  const isBase64 = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2,3}={0,2})?$/.test(text.replaceAll(/\s/g, ''));
  if (isBase64) return { ok: true, content: Buffer.from(text, 'base64'), contentType };
  const key = [...component.bindings.values()].find((binding) => binding.place === 'body')?.key ?? 'body';
  return { ok: false, problems: [`${key}: must be base64`] };
}
