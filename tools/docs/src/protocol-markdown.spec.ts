import { matrixRows } from '@mcp-hub/mcp/protocol-matrix';
import { describe, expect, it } from 'vitest';
import { protocolMarkdown } from './protocol-markdown.js';

const page = protocolMarkdown();
const [, crosses = '', refusals = '', absences = ''] = page.split(
  /## What crosses|Answered with an error|Not defined where/,
);

describe('the page on the protocol', () => {
  it('has a line for each row of the matrix, named by its test', () => {
    const listed = [...crosses.matchAll(/\| `([a-z-]+)` \|$/gm)].map((match) => match[1]);
    expect(listed).toEqual(matrixRows.map(({ id }) => id));
  });

  it('gives the error and the reason of what is refused', () => {
    expect(refusals).toMatch(
      /^- Roots \(legacy client, legacy server; modern client, legacy server\): -32601 to the server\. A server/m,
    );
  });

  it('names the transports that something is refused on', () => {
    expect(refusals).toMatch(/legacy client, legacy server on stdio; .*: -32000 to the server\./);
  });

  it('lists nothing twice that is not defined', () => {
    const lines = absences.split('\n').filter((line) => line.startsWith('- '));
    expect(lines.length).toBeGreaterThan(0);
    expect(new Set(lines).size).toBe(lines.length);
  });
});
