import { own, ownObject, type JsonObject } from './json.js';

/** Where Swagger 2.0 and OpenAPI 3 keep the same things. */
const sections: readonly (readonly [swagger: string, openapi: string])[] = [
  ['definitions', 'schemas'],
  ['parameters', 'parameters'],
  ['responses', 'responses'],
  ['securityDefinitions', 'securitySchemes'],
];

/**
 * What a reference that leads nowhere may stand for, the likeliest first, as tokens of JSON pointers: the other
 * version's section, a pointer without its `#` or slash, a name with a slash that is not escaped, a bare name.
 */
export function* impliedPointers(reference: string): Generator<string[]> {
  const text = reference.trim();
  const hash = text.indexOf('#');
  const [file, fragment] = hash < 0 ? ['', text] : [text.slice(0, hash), text.slice(hash + 1)];
  if (file !== '' || fragment === '' || fragment.length > 500) return;
  const tokens = fragment.replace(/^\/+/, '').split('/');
  const [first = '', second = '', ...rest] = tokens;
  const isPointer = tokens.length > 1 && (first === 'components' || sections.some(([swagger]) => swagger === first));
  if (isPointer) {
    yield tokens;
    for (const [swagger, openapi] of sections) {
      if (first === swagger) {
        yield ['components', openapi, second, ...rest];
        yield ['components', openapi, escaped([second, ...rest])];
        yield [swagger, escaped([second, ...rest])];
      }
      if (first === 'components' && second === openapi) {
        yield [swagger, ...rest];
        yield [swagger, escaped(rest)];
        yield ['components', openapi, escaped(rest)];
      }
    }
  } else if (!fragment.startsWith('/')) {
    for (const [swagger, openapi] of sections) {
      yield ['components', openapi, escaped(tokens)];
      yield [swagger, escaped(tokens)];
    }
  }
}

/** Whether a reference that looks like a file's name is the name of a schema of the document. */
export function isNameOfSchema(root: JsonObject, reference: string): boolean {
  const schemas = ownObject(ownObject(root, 'components'), 'schemas');
  return own(schemas, reference) !== undefined || own(ownObject(root, 'definitions'), reference) !== undefined;
}

/** As one token. */
function escaped(tokens: readonly string[]): string {
  return tokens.join('~1');
}
