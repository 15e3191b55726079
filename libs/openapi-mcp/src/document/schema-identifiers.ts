import { ownString, type JsonObject } from './json.js';
import { walkDocument } from './walk-document.js';

/** What JSON Schema lets a reference name a schema by, other than its place: pointers by `$id` and by anchor. */
export interface SchemaIdentifiers {
  ids: ReadonlyMap<string, string>;
  anchors: ReadonlyMap<string, string>;
}

/** One pass over the whole document: for those few that refer by name. The first of several equal names counts. */
export function schemaIdentifiers(root: unknown): SchemaIdentifiers {
  const ids = new Map<string, string>();
  const anchors = new Map<string, string>();
  const note = (into: Map<string, string>, name: string | undefined, pointer: () => string): void => {
    if (name !== undefined && !into.has(name)) into.set(name, pointer());
  };
  walkDocument(root, (node: JsonObject, pointer) => {
    const id = ownString(node, '$id') ?? ownString(node, 'id');
    // Draft 4 and 6 wrote an anchor as an id.
    if (id?.startsWith('#')) note(anchors, id.slice(1), pointer);
    else if (id !== undefined && id.length < 2000) note(ids, id.replace(/#$/, ''), pointer);
    note(anchors, ownString(node, '$anchor') ?? ownString(node, '$dynamicAnchor'), pointer);
  });
  return { ids, anchors };
}
