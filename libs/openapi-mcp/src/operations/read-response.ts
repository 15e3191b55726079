import { isObject, own, ownObject, ownString, pointerTo, type JsonObject } from '../document/json.js';
import { bodyKindOf, byPreference, readContentMap } from './media-content.js';
import type { MediaContent, SuccessResponse } from './operation.js';
import { mediaTypesOf, type ReadContext } from './read-context.js';
import { contentSchema } from './swagger-schema.js';

export interface ReadResponses {
  response?: SuccessResponse;
  /** Media types of all successful responses. */
  responseTypes: string[];
}

/**
 * What an operation answers where it succeeds (openapi-to-mcp.md, section 6): the lowest 2xx with content, else `2XX`.
 * `default` counts where no success is declared: beside one it stands for the errors.
 */
export function readResponses(operation: JsonObject, pointer: string, context: ReadContext): ReadResponses {
  const responsesPointer = pointerTo(pointer, 'responses');
  const declared = own(operation, 'responses');
  const isEmptyList = Array.isArray(declared) && declared.length === 0;
  if (declared !== undefined && declared !== null && !isObject(declared) && !isEmptyList) {
    const message = 'The responses are not an object; they are ignored.';
    context.diagnostics.add('warning', responsesPointer, 'responses_invalid', message);
  }
  const responses = context.references.followObjectOrNone(declared, responsesPointer);
  const candidates = Object.entries(responses?.value ?? {})
    .filter(([status]) => /^(?:2\d\d|2xx|default)$/i.test(status))
    .map(([status, node]) => readResponse(status, node, responses?.pointer ?? '', operation, context))
    .filter((response) => response !== undefined)
    .sort((a, b) => order(a) - order(b));
  const successes = candidates.filter(({ status }) => status.toLowerCase() !== 'default');
  const counting = successes.length > 0 ? successes : candidates;
  const response = counting.find(({ contents }) => contents.length > 0) ?? counting[0];
  const responseTypes = candidates.flatMap(({ contents }) => contents.map(({ mediaType }) => mediaType));
  return { ...(response ? { response } : {}), responseTypes: [...new Set(responseTypes)] };
}

function readResponse(
  status: string,
  node: unknown,
  parent: string,
  operation: JsonObject,
  context: ReadContext,
): SuccessResponse | undefined {
  const at = pointerTo(parent, status);
  const located =
    node === null || typeof node === 'string' ? { value: {}, pointer: at } : context.references.followObject(node, at);
  if (!located) return undefined;
  const description =
    (isObject(node) ? ownString(node, 'description') : undefined) ?? ownString(located.value, 'description');
  const contents: MediaContent[] = Object.hasOwn(located.value, 'content')
    ? readContentMap(located, context).map(({ mediaType, content }) => ({
        mediaType,
        kind: bodyKindOf(mediaType),
        ...content,
      }))
    : swaggerContents(located.value, located.pointer, operation, context);
  return {
    pointer: located.pointer,
    status,
    ...(description === undefined ? {} : { description }),
    contents: contents.sort(byPreference),
  };
}

/** Swagger 2.0: one schema, in each of the media types that the operation produces. */
function swaggerContents(
  response: JsonObject,
  pointer: string,
  operation: JsonObject,
  context: ReadContext,
): MediaContent[] {
  const schema = own(response, 'schema');
  if (schema === undefined || schema === null) return [];
  const produces = mediaTypesOf(operation, 'produces', context);
  const examples = Object.keys(ownObject(response, 'examples')).filter((type) => type.includes('/'));
  const types = produces.length > 0 ? produces : examples.length > 0 ? examples : ['application/json'];
  return types.map((mediaType) => ({
    mediaType,
    kind: bodyKindOf(mediaType),
    schema: contentSchema(schema),
    schemaPointer: pointerTo(pointer, 'schema'),
  }));
}

function order({ status }: SuccessResponse): number {
  const number = Number(status);
  return Number.isNaN(number) ? (status.toLowerCase() === 'default' ? 1001 : 1000) : number;
}
