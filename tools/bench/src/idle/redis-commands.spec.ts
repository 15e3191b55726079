import { expect, it } from 'vitest';
import { commandCalls, commandRates } from './redis-commands.js';

const info = (get: number, looks: number): string =>
  [
    '# Commandstats',
    `cmdstat_get:calls=${get},usec=10,usec_per_call=1.00,rejected_calls=0,failed_calls=0`,
    `cmdstat_info:calls=${looks},usec=10,usec_per_call=1.00,rejected_calls=0,failed_calls=0`,
    'cmdstat_config|get:calls=7,usec=10,usec_per_call=1.00,rejected_calls=0,failed_calls=0',
    '',
  ].join('\r\n');

it('counts calls by command', () => {
  expect([...commandCalls(info(3, 1))]).toEqual([
    ['get', 3],
    ['info', 1],
    ['config|get', 7],
  ]);
});

it('gives what ran in between by the second, without the looks', () => {
  const rates = commandRates(commandCalls(info(3, 1)), commandCalls(info(23, 2)), 10);
  expect(rates).toEqual([{ command: 'get', perSecond: 2 }]);
});

it('counts a command that did not run before', () => {
  expect(commandRates(new Map(), new Map([['ping', 5]]), 5)).toEqual([{ command: 'ping', perSecond: 1 }]);
});
