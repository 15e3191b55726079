import { expect, it } from 'vitest';
import { readStackOptions } from './stack-options.js';

it('starts one of each where nothing is said', () => {
  expect(readStackOptions([])).toEqual({ apis: 1, workers: 1, gateways: 1, respawn: false });
});

it('takes counts, a state file and respawn', () => {
  const args = ['--workers', '2', '--gateways=3', '--apis', '4', '--state', 'state.json', '--respawn'];
  expect(readStackOptions(args)).toEqual({
    apis: 4,
    workers: 2,
    gateways: 3,
    stateFile: 'state.json',
    respawn: true,
  });
});

it.each(['0', '17', '1.5', '-1', 'two', ''])('refuses the count "%s", saying what is taken', (count) => {
  expect(() => readStackOptions([`--workers=${count}`])).toThrow('--workers takes a number from 1 to 16.');
});

it.each([['--wrokers', '2'], ['two'], ['--state']])('refuses %s', (...args) => {
  expect(() => readStackOptions(args)).toThrow(TypeError);
});
