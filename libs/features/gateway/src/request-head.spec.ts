import { expect, it } from 'vitest';
import { readHead } from './request-head.js';

const cases: [name: string, text: string, id: string | number | null, method: string | undefined][] = [
  ['a request', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}}', 7, 'tools/call'],
  ['a request with a text as id', '{"id":"a-1","method":"ping"}', 'a-1', 'ping'],
  ['white space', ' {\n "id" : 3 ,\n\t"method" : "ping" }', 3, 'ping'],
  ['a notification', '{"method":"notifications/initialized"}', null, 'notifications/initialized'],
  ['members inside of others', '{"params":{"id":9,"method":"evil","x":[{"id":8}]},"id":1,"method":"ping"}', 1, 'ping'],
  ['texts that look like members', '{"a":"\\",\\"id\\":9,","id":1,"method":"ping"}', 1, 'ping'],
  ['names in other spelling', '{"\\u0069d":4,"method":"pi\\u006eg"}', 4, 'ping'],
  ['a request that is cut inside of its params', '{"id":7,"method":"tools/call","params":{"a":"bbbb', 7, 'tools/call'],
  ['one that is cut inside of its id', '{"method":"ping","id":12', null, 'ping'],
  ['one that is cut inside of its method', '{"id":1,"method":"tools/ca', 1, undefined],
  ['an id that is no id', '{"id":{"a":1},"method":"ping"}', null, 'ping'],
  ['null as id', '{"id":null,"method":"ping"}', null, 'ping'],
  ['a fraction', '{"id":1.5,"method":"ping"}', 1.5, 'ping'],
  ['a batch', '[{"id":1,"method":"ping"}]', null, undefined],
  ['nothing', '', null, undefined],
  ['something else', 'hello, "id":1', null, undefined],
  ['escapes that are none', '{"\\x":1,"id":2,"method":"ping"}', 2, 'ping'],
];

it.each(cases)('reads %s', (_name, text, id, method) => {
  expect(readHead(text)).toEqual({ id, method });
});

it('takes a long text in one go', () => {
  const text = `{"id":1,"method":"tools/call","params":{"a":"${'\\"x'.repeat(20_000)}`;
  expect(readHead(text)).toEqual({ id: 1, method: 'tools/call' });
});
