import { describe, expect, it } from 'vitest';
import { ParsedDocuments } from './parsed-documents.js';

const bytes = (title: string) =>
  new TextEncoder().encode(JSON.stringify({ openapi: '3.1.0', info: { title, version: '1' }, paths: {} }));

describe('ParsedDocuments', () => {
  it('parses a document once, however often it is taken', () => {
    const documents = new ParsedDocuments();
    const first = documents.take('a', bytes('A'));
    // Bytes of something else would show that they were looked at.
    const second = documents.take('a', bytes('B'));
    expect(second).toBe(first);
    expect(first).toMatchObject({ ok: true, document: { title: 'A' } });
  });

  it('keeps a document until everybody has released it', () => {
    const documents = new ParsedDocuments();
    documents.take('a', bytes('A'));
    documents.take('a', bytes('A'));
    documents.release('a');
    expect(documents.count).toBe(1);
    documents.release('a');
    expect(documents.count).toBe(0);
    expect(documents.take('a', bytes('B'))).toMatchObject({ document: { title: 'B' } });
  });
});
