import { describe, expect, it } from 'vitest';
import { prefersStream } from './http-answer.js';

describe('prefersStream', () => {
  it.each([
    ['text/event-stream', true],
    ['text/event-stream, application/json', true],
    ['application/json, text/event-stream', false],
    ['application/json', false],
    ['*/*, text/event-stream', false],
    ['*/*', false],
    [undefined, false],
  ])('of "%s" is %s', (accept, isPreferred) => {
    expect(prefersStream(accept)).toBe(isPreferred);
  });
});
