import { expect } from 'vitest';
import { eventually } from '../../support/fixtures.js';
import type { TestClient } from '../../support/clients.js';
import type { Era } from '../../../src/protocol-matrix/matrix.js';

export interface SdkCheck {
  /** The SDKs' servers can do it in these eras. */
  servers: readonly Era[];
  /** The SDKs' clients can do it in these eras. */
  clients: readonly Era[];
  /** Nothing can be asked of the client. */
  isBare?: true;
  run(client: TestClient): Promise<void>;
}

const both: readonly Era[] = ['legacy', 'modern'];
const legacy: readonly Era[] = ['legacy'];
const red = { action: 'accept', content: { colour: 'red' } };

/** What the SDKs' own clients and servers can show of the rows of the matrix, by row. */
export const sdkChecks: Readonly<Record<string, SdkCheck>> = {
  'server-info': check(both, both, async (client) => {
    expect([client.serverName(), client.instructions()]).toEqual(['features', 'Be kind.']);
  }),
  'tools-list': check(both, both, async (client) => {
    expect(await client.listTools()).toEqual(expect.arrayContaining(['echo', 'write', 'elicit']));
  }),
  'tools-call': check(both, both, async (client) => {
    expect(await client.callTool('echo', { text: 'Grüße' })).toMatchObject({ text: 'Grüße', isError: false });
  }),
  'tool-errors': check(both, both, async (client) => {
    expect((await client.callTool('fail')).isError).toBe(true);
  }),
  'prompts-get': check(both, both, async (client) => {
    expect(await client.getPrompt('greet', { name: 'Ada' })).toMatchObject([{ content: { text: 'Greet Ada' } }]);
  }),
  'resources-read': check(both, both, async (client) => {
    expect(await client.readResource('test://note')).toMatchObject([{ text: 'a note' }]);
  }),
  'elicitation-form': check(both, both, async (client) => {
    expect(JSON.parse((await client.callTool('elicit')).text)).toMatchObject(red);
    expect(client.asked).toMatchObject([{ message: 'Which?' }]);
  }),
  'elicitation-url': check(legacy, both, async (client) => {
    expect(JSON.parse((await client.callTool('elicit-url')).text)).toMatchObject({ action: 'accept' });
    expect(client.asked).toMatchObject([{ mode: 'url', url: 'https://example.com/' }]);
  }),
  sampling: check(legacy, both, async (client) => {
    expect((await client.callTool('sample')).text).toContain('hi from the model');
  }),
  'several-rounds': check(legacy, both, async (client) => {
    expect(JSON.parse((await client.callTool('elicit-twice')).text)).toMatchObject([red, red]);
    expect(client.asked).toMatchObject([{ message: 'First?' }, { message: 'Second?' }]);
  }),
  'request-state': check(['modern'], both, async (client) => {
    expect((await client.callTool('keep-state')).text).toBe('kept by the server');
  }),
  'undeclared-capability': {
    ...check(both, both, async (client) => {
      const call = client.callTool('elicit');
      // A tool of a legacy server is told, and fails; else the caller is.
      const failed = await call.then(
        ({ isError }) => (isError ? 'server' : 'nobody'),
        (error: unknown) => (error as { code: number }).code,
      );
      throw new Refused(failed);
    }),
    isBare: true,
  },
  progress: check(both, both, async (client) => {
    const seen: number[] = [];
    await client.callTool('progress', {}, { onProgress: (step) => seen.push(step) });
    expect(seen).toEqual([1, 2, 3]);
  }),
  'log-level': check(both, legacy, async (client) => {
    await client.setLevel('error');
    await client.callTool('log');
    await eventually(() => client.heard.length > 0, 'the log message');
    expect(client.heard).toEqual([['notifications/message', 'a error line']]);
  }),
};

/** Thrown by the checks of rows that claim a refusal: the code that the client got, or who else was told. */
export class Refused extends Error {
  constructor(readonly by: number | string) {
    super(`Refused: ${by}`);
  }
}

function check(servers: readonly Era[], clients: readonly Era[], run: SdkCheck['run']): SdkCheck {
  return { servers, clients, run };
}
