import type { InputRequest, JsonObject } from '@mcp-hub/application';
import { isObject } from './json-rpc.js';

/** What a client must have declared to be asked this (2026-07-28, "Client capabilities"). @returns undefined for no known request of a server */
export function requiredCapabilities({ method, params }: InputRequest): JsonObject | undefined {
  switch (method) {
    case 'elicitation/create':
      return { elicitation: params['mode'] === 'url' ? { url: {} } : { form: {} } };
    case 'sampling/createMessage':
      return { sampling: params['tools'] === undefined && params['toolChoice'] === undefined ? {} : { tools: {} } };
    case 'roots/list':
      return { roots: {} };
    default:
      return undefined;
  }
}

/** The part of `required` that is not declared; undefined when all is. An `elicitation: {}` of old means forms. */
export function missingCapabilities(required: JsonObject, declared: JsonObject): JsonObject | undefined {
  const missing: JsonObject = {};
  for (const [name, members] of Object.entries(required)) {
    const has = declared[name];
    if (!isObject(has)) {
      missing[name] = members;
      continue;
    }
    const lacking = Object.keys(isObject(members) ? members : {}).filter((member) => {
      const isImplied = member === 'form' && name === 'elicitation' && has['url'] === undefined;
      return has[member] === undefined && !isImplied;
    });
    if (lacking.length > 0) missing[name] = Object.fromEntries(lacking.map((member) => [member, {}]));
  }
  return Object.keys(missing).length > 0 ? missing : undefined;
}
