import { isObject, own, ownObject, ownString, type JsonObject } from '../document/json.js';

/** Swagger 2.0's names of the flows of OAuth 2, as OpenAPI 3 calls them. */
const flows: Readonly<Record<string, string>> = {
  implicit: 'implicit',
  password: 'password',
  application: 'clientCredentials',
  accessCode: 'authorizationCode',
};

/** Swagger 2.0's `securityDefinitions` in the shape of OpenAPI 3's security schemes; what is in that shape stays. */
export function swaggerSecuritySchemes(definitions: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, scheme]) => [name, isObject(scheme) ? schemeOf(scheme) : scheme]),
  );
}

function schemeOf(scheme: JsonObject): JsonObject {
  const type = own(scheme, 'type');
  if (type === 'basic') return { ...scheme, type: 'http', scheme: 'basic' };
  const flow = ownString(scheme, 'flow');
  if (type !== 'oauth2' || flow === undefined) return scheme;
  const { flow: _flow, authorizationUrl, tokenUrl, scopes: _scopes, ...rest } = scheme;
  const name = Object.hasOwn(flows, flow) ? flows[flow] : undefined;
  if (name === undefined) return rest;
  const urls = {
    ...(authorizationUrl === undefined ? {} : { authorizationUrl }),
    ...(tokenUrl === undefined ? {} : { tokenUrl }),
  };
  return { ...rest, flows: { [name]: { ...urls, scopes: ownObject(scheme, 'scopes') } } };
}
