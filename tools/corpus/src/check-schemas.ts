import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Defect } from './document-report.js';
import { isObject, walkSchema, type JsonObject, type SchemaFacts } from './walk-schema.js';

/** A schema that clients are shown. */
export interface ShownSchema {
  /** `createThing input` */
  where: string;
  schema: JsonObject;
}

/** Above this a document's schemas are compiled together, each shared definition once. */
const compiledSeparatelyBytes = 3_000_000;

/**
 * Looks at every schema of a document: nothing dangling, no `x-` keywords, every one compiles by Ajv for 2020-12.
 *
 * Schemas repeat their definitions, which makes compiling each on its own take hours for the largest documents; where
 * they are many, all that have no two definitions of one name are put into one schema and compiled at once.
 */
export function checkSchemas(shown: readonly ShownSchema[], bytes: number): Defect[] {
  const known = new WeakMap<JsonObject, SchemaFacts>();
  const defects = shown.flatMap((one) => checkFacts(one, known));
  const compiler = aCompiler();
  const alone = (one: ShownSchema): Defect[] => compile(compiler, one);
  const compiled = bytes <= compiledSeparatelyBytes ? shown.flatMap(alone) : compileTogether(shown, alone);
  return [...defects, ...compiled];
}

function checkFacts({ where, schema }: ShownSchema, known: WeakMap<JsonObject, SchemaFacts>): Defect[] {
  const definitions = isObject(schema.$defs) ? schema.$defs : {};
  const parts = [walkSchema(schema, false)];
  for (const definition of Object.values(definitions)) {
    if (!isObject(definition)) continue;
    const facts = known.get(definition) ?? walkSchema(definition, true);
    known.set(definition, facts);
    parts.push(facts);
  }
  const references = new Set(parts.flatMap((part) => [...part.references]));
  const dangling = [...references].filter((reference) => {
    const name = /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1];
    return reference !== '#' && (name === undefined || !Object.hasOwn(definitions, unescaped(name)));
  });
  const markers = new Set(parts.flatMap((part) => [...part.markers]));
  return [
    ...dangling.map((detail): Defect => ({ kind: 'reference dangling', where, detail })),
    ...[...markers].map((detail): Defect => ({ kind: 'x- keyword', where, detail })),
  ];
}

function unescaped(token: string): string {
  return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
}

function aCompiler(): Ajv2020 {
  return new Ajv2020({ strict: false, validateFormats: false, inlineRefs: false, logger: false, addUsedSchema: false });
}

function compile(compiler: Ajv2020, { where, schema }: ShownSchema): Defect[] {
  try {
    compiler.compile(schema);
    return [];
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 300) : String(error);
    return [{ kind: 'schema does not compile', where, detail }];
  }
}

/** The time that Ajv takes grows with the square of what it is given at once. */
const largestGroup = 100;

interface Group {
  definitions: Map<string, string>;
  schema: { $defs: JsonObject; properties: JsonObject };
  members: ShownSchema[];
}

function compileTogether(shown: readonly ShownSchema[], alone: (one: ShownSchema) => Defect[]): Defect[] {
  const texts = new WeakMap<JsonObject, string>();
  const groups: Group[] = [];
  for (const one of shown) {
    const { $defs, ...rest } = one.schema;
    const own = Object.entries(isObject($defs) ? $defs : {}).map(([name, value]) => ({
      name,
      value,
      text: isObject(value) ? textOf(value, texts) : JSON.stringify(value),
    }));
    const fits = ({ definitions, members }: Group): boolean =>
      members.length < largestGroup && own.every(({ name, text }) => (definitions.get(name) ?? text) === text);
    let group = groups.find(fits);
    if (!group) {
      group = { definitions: new Map(), schema: { $defs: {}, properties: {} }, members: [] };
      groups.push(group);
    }
    for (const { name, value, text } of own) {
      group.definitions.set(name, text);
      group.schema.$defs[name] = value;
    }
    group.schema.properties[`${group.members.length}`] = rest;
    group.members.push(one);
  }
  // Where a group does not compile, its members say which of them it is.
  return groups.flatMap((group) =>
    alone({ where: '', schema: group.schema }).length === 0 ? [] : group.members.flatMap(alone),
  );
}

function textOf(value: JsonObject, texts: WeakMap<JsonObject, string>): string {
  const text = texts.get(value) ?? JSON.stringify(value);
  texts.set(value, text);
  return text;
}
