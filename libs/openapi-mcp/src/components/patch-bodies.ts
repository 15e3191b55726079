import type { JsonObject } from '../document/json.js';
import type { BodyContent, Operation } from '../operations/operation.js';

/** The media types of a PATCH that a caller can choose from, by the shape of the body. */
export interface PatchBodies {
  /** Of objects, the preferred one first. */
  objects: BodyContent[];
  /** Of lists of operations (RFC 6902). */
  list?: BodyContent;
}

/** In the order of preference, after `application/json`; JSON is YAML too. */
const objectPatches = ['application/merge-patch+json', 'application/strategic-merge-patch+json'];
const yamlPatch = 'application/apply-patch+yaml';
const listPatch = 'application/json-patch+json';

/**
 * The patch formats among the media types of an operation (openapi-to-mcp.md, section 4).
 *
 * @returns undefined where there is no choice of them
 */
export function patchBodies({ method, body }: Operation): PatchBodies | undefined {
  if (method !== 'PATCH' || !body) return undefined;
  const byType = new Map(body.contents.map((content) => [typeOf(content), content]));
  const list = byType.get(listPatch);
  const objects = ['application/json', ...objectPatches, yamlPatch].flatMap((type) => byType.get(type) ?? []);
  const isChoice = objects.length + (list ? 1 : 0) > 1;
  return isChoice && objects.length > 0 ? { objects, ...(list ? { list } : {}) } : undefined;
}

export function isListPatch(content: BodyContent): boolean {
  return typeOf(content) === listPatch;
}

function typeOf({ mediaType }: BodyContent): string {
  return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}

/** RFC 6902, for documents that say nothing of its operations. */
export const jsonPatchSchema: JsonObject = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      op: { type: 'string', enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'] },
      path: { type: 'string' },
      from: { type: 'string' },
      value: {},
    },
    required: ['op', 'path'],
  },
};
