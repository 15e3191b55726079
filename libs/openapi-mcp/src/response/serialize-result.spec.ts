import { describe, expect, it } from 'vitest';
import { mapSuccess } from './map-success.js';
import { readAnswer } from './read-answer.js';
import { serializeResult } from './serialize-result.js';

const resultOf = (json: string, maxResultBytes = 1000) =>
  mapSuccess(readAnswer('application/json', Buffer.from(json)), {
    toolName: 't',
    hasOutputSchema: true,
    maxResultBytes,
  });

describe('serializeResult', () => {
  it('keeps the digits that the API sent', () => {
    expect(serializeResult(resultOf('{ "id": 9007199254740993 }'))).toBe(
      '{"content":[{"type":"text","text":"{\\"id\\":9007199254740993}"}],"structuredContent":{"id":9007199254740993}}',
    );
    expect(serializeResult(resultOf('[1.0]'))).toContain('"structuredContent":{"result":[1.0]}}');
  });

  it('gives what was cut as it was cut', () => {
    const json = JSON.stringify({ list: Array.from({ length: 100 }, (_, index) => 1000 + index) });
    const result = resultOf(json, 60);
    const written = JSON.parse(serializeResult(result)) as unknown;
    expect(written).toEqual(result);
    expect(result.structuredContent).toEqual(JSON.parse(String(result.content[0]?.text)));
  });

  it('writes a result without structured content as it is', () => {
    expect(serializeResult({ content: [], isError: true })).toBe('{"content":[],"isError":true}');
  });
});
