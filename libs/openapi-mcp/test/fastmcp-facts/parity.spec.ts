import { parseServerEntry } from '@mcp-hub/domain';
import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/components/component.js';
import { convertDocument } from '../../src/components/convert-document.js';
import { tagsKey } from '../../src/components/listing.js';
import { isObject, own, ownArray } from '../../src/document/json.js';
import { loadDocument } from '../../src/document/load-document.js';
import { readCorpus } from '../corpus/read-corpus.js';
import { readCases, readDifferences, readFacts, type ComponentFacts, type ParityCase } from './read-facts.js';

const cases = readCases();
const { answers } = readFacts();
const differences = readDifferences();

describe('names, kinds, URIs and tags are those of FastMCP, or differ on purpose', () => {
  it.each(cases)('$key', (one) => {
    const theirs = answers[one.key]?.components;
    if (!theirs) throw new Error(`facts.json has no answer for "${one.key}": record it with tools/fastmcp-facts`);
    const ours = convert(one);
    const operations = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
    const unequal = [...operations].filter((key) => JSON.stringify(ours[key]) !== JSON.stringify(theirs[key]));
    const unexplained = unequal.filter((key) => one.differences[key] === undefined);
    expect(pick(ours, unexplained)).toEqual(pick(theirs, unexplained));
    // One that is explained, and equal, is not a difference any more.
    expect(Object.keys(one.differences).sort()).toEqual(unequal.sort());
  });

  it('loses none where FastMCP lists fewer than it makes', () => {
    const lossy = cases.filter(
      (one) => countOf(answers[one.key]?.listed) < Object.keys(answers[one.key]?.components ?? {}).length,
    );
    expect(lossy.length).toBeGreaterThan(0);
    for (const one of lossy) {
      const addresses = Object.values(convert(one)).map(({ kind, name, uri }) => `${kind} ${uri ?? name}`);
      expect(new Set(addresses).size).toBe(Object.keys(answers[one.key]?.components ?? {}).length);
    }
  });
});

describe('the differences', () => {
  it('are each met by a case', () => {
    const met = new Set(cases.flatMap((one) => Object.values(one.differences).flat()));
    expect([...met].sort()).toEqual(differences.map(({ id }) => id).sort());
  });

  it('are each a rule of the corpus', () => {
    const rules = new Set(readCorpus().rules.map(({ id }) => id));
    expect(differences.filter(({ id }) => !rules.has(id))).toEqual([]);
  });

  it('each say what FastMCP does, what happens here and why', () => {
    for (const { id, ...texts } of differences) {
      expect(
        Object.entries(texts)
          .filter(([, text]) => text.trim() !== '')
          .map(([key]) => key),
        id,
      ).toEqual(['fastmcp', 'here', 'why']);
    }
  });
});

function convert({ document, config }: ParityCase): Record<string, ComponentFacts> {
  const parsed = parseServerEntry(
    { id: 'parity', name: 'parity', description: '', openapi_config: { spec: {}, ...config } },
    { now: '2026-01-01T00:00:00Z' },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const options = parsed.entry.openapi_config;
  const loaded = loadDocument(document);
  if (!loaded.ok || !options) throw new Error(loaded.ok ? 'no options' : loaded.message);
  const converted = convertDocument(loaded.document, {
    ...options,
    base_url: 'http://upstream/v1',
    documentUrl: 'http://upstream/openapi.json',
  });
  if (!converted.ok) throw new Error(converted.message);
  return Object.fromEntries(
    converted.components.map((one) => [`${one.operation.method} ${one.operation.path}`, factsOf(one)]),
  );
}

function factsOf(component: Component): ComponentFacts {
  const { kind, name, listed } = component;
  const uri = kind === 'tool' ? {} : { uri: kind === 'resource' ? component.uri : component.uriTemplate };
  const meta = own(listed, '_meta');
  return { kind, name, ...uri, tags: isObject(meta) ? ownArray(meta, tagsKey).map(String).sort() : [] };
}

function pick<Value>(from: Record<string, Value>, keys: readonly string[]): Record<string, Value | undefined> {
  return Object.fromEntries(keys.map((key) => [key, from[key]]));
}

function countOf(listed: Record<string, number> | undefined): number {
  return Object.values(listed ?? {}).reduce((sum, count) => sum + count, 0);
}
