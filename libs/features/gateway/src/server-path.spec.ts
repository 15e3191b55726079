import { describe, expect, it } from 'vitest';
import { publicPathOf, serverPathOf } from './server-path.js';

describe('serverPathOf', () => {
  it.each(['/servers/a/mcp', '/servers/a/mcp/', '/servers/a/mcp?x=1', '/servers/a/mcp/?x=/y'])('reads %s', (url) => {
    expect(serverPathOf(url)).toEqual({ serverId: 'a' });
  });

  it.each(['/servers/a/sse', '/servers/a/sse/?x=1'])('reads %s as a stream', (url) => {
    const httpSse = { kind: 'stream', messagesPath: '/servers/a/messages' };
    expect(serverPathOf(url)).toEqual({ serverId: 'a', httpSse });
  });

  it.each([
    ['/servers/a/messages?sessionId=w.r.s', 'w.r.s'],
    ['/servers/a/messages/?x=1&sessionId=w.r%2Es', 'w.r.s'],
    ['/servers/a/messages?sessionId=', ''],
    ['/servers/a/messages', ''],
  ])('reads %s as a message', (url, sessionId) => {
    expect(serverPathOf(url)).toEqual({ serverId: 'a', httpSse: { kind: 'message', sessionId } });
  });

  it.each(['/servers/a', '/servers//mcp', '/servers/a/mcp/more', '/servers/a/b/mcp', '/x/servers/a/mcp', '/mcp'])(
    'has nothing for %s',
    (url) => {
      expect(serverPathOf(url)).toBeUndefined();
    },
  );

  it.each(['/hub/servers/a/sse', '/servers/a/sse'])(
    'tells at %s to post under the public path, which is taken away on the way or not',
    (url) => {
      const httpSse = { kind: 'stream', messagesPath: '/hub/servers/a/messages' };
      expect(serverPathOf(url, '/hub')).toEqual({ serverId: 'a', httpSse });
    },
  );

  it('knows the public path as a whole only', () => {
    expect(serverPathOf('/hubble/servers/a/mcp', '/hub')).toBeUndefined();
  });
});

describe('publicPathOf', () => {
  it.each([
    [undefined, ''],
    ['https://example.com', ''],
    ['https://example.com/', ''],
    ['https://example.com/hub/', '/hub'],
    ['https://example.com/a/b?x=1', '/a/b'],
  ])('%s is under "%s"', (url, path) => {
    expect(publicPathOf(url)).toBe(path);
  });
});
