import { describe, expect, it } from 'vitest';
import { anOperation, aParameter, recordedApi } from '../../test/recorded-api.js';
import type { ResourceTemplateComponent } from '../components/component.js';
import { matchTemplate } from './match-template.js';

/** A template with this address, its variables being arguments of these types. */
function template(uriTemplate: string, types: Record<string, unknown>): ResourceTemplateComponent {
  const names = Object.keys(types);
  const parameters = names.map((name) => aParameter('query', name, { schema: { type: types[name] } }));
  const tool = recordedApi(anOperation('GET /t', { parameters })).tool('GET_t');
  return { ...tool, kind: 'template', uriTemplate };
}

const match = (uriTemplate: string, uri: string, types: Record<string, unknown>) =>
  matchTemplate(template(uriTemplate, types), uri);
const text = { a: 'string', b: 'string', c: 'string' };

describe('matchTemplate', () => {
  it.each([
    ['resource://n/{a}', 'resource://n/x', { a: 'x' }],
    ['resource://n/{a}/{b}', 'resource://n/x/y', { a: 'x', b: 'y' }],
    ['resource://n/{a}', 'resource://n/x%2Fy%20%C3%A4', { a: 'x/y ä' }],
    ['resource://n/{a}', 'resource://n/', { a: '' }],
    ['resource://n/{a}{?b,c}', 'resource://n/x', { a: 'x' }],
    ['resource://n/{a}{?b,c}', 'resource://n/x?c=1&b=2', { a: 'x', b: '2', c: '1' }],
    ['resource://n{?b}', 'resource://n', {}],
    ['resource://n{?b}', 'resource://n?b=1=2?3', { b: '1=2?3' }],
    ['resource://n{?b}', 'resource://n?b', { b: '' }],
    ['resource://n{?b*}', 'resource://n?b=1%2B2+3', { b: '1+2+3' }],
    ['resource://n/{+a}/{b}', 'resource://n/x/y/z', { a: 'x/y', b: 'z' }],
    ['resource://n/{+a}', 'resource://n/x', { a: 'x' }],
  ])('%s reads %s', (uriTemplate, uri, args) => {
    expect(match(uriTemplate, uri, text)).toEqual({ kind: 'matched', args });
  });

  it.each([
    ['resource://n/{a}', 'resource://n'],
    ['resource://n/{a}', 'resource://n/x/y'],
    ['resource://n/{a}/{b}', 'resource://n/x'],
    ['resource://n/{a}', 'resource://nn/x'],
    ['resource://n{?b}', 'resource://n/x'],
    ['resource://n/{a}', 'http://n/x'],
  ])('%s is not that of %s', (uriTemplate, uri) => {
    expect(match(uriTemplate, uri, text)).toEqual({ kind: 'other' });
  });

  it.each([
    ['resource://n/{a}', 'resource://n/%zz', 'a: is not percent-encoded correctly'],
    ['resource://n/{a}', 'resource://n/%C3', 'a: is not percent-encoded correctly'],
    ['resource://n{?b}', 'resource://n?%zz=1', '"%zz" is not percent-encoded correctly'],
    ['resource://n{?b,c}', 'resource://n?x=1', 'x: is not known; valid names are b, c'],
    ['resource://n/{a}', 'resource://n/x?a=1', 'a: is not known; the resource has no query'],
    ['resource://n{?b}', 'resource://n?b=1&b=2', 'b: is given more than once'],
    ['resource://n{?b}', 'resource://n?__proto__=1', '__proto__: is not known; valid names are b'],
  ])('%s refuses %s', (uriTemplate, uri, problem) => {
    expect(match(uriTemplate, uri, text)).toEqual({ kind: 'invalid', problem });
  });

  it('splits lists at commas that are not encoded, and takes repeated names together', () => {
    const read = (uri: string) => match('resource://n{?b}', uri, { b: 'array' });
    expect(read('resource://n?b=1,2%2C3')).toEqual({ kind: 'matched', args: { b: ['1', '2,3'] } });
    expect(read('resource://n?b=1&b=2')).toEqual({ kind: 'matched', args: { b: ['1', '2'] } });
    expect(read('resource://n?b=')).toEqual({ kind: 'matched', args: { b: [] } });
  });

  it('reads objects as JSON', () => {
    const read = (uri: string) => match('resource://n{?b}', uri, { b: 'object' });
    expect(read('resource://n?b=%7B%22x%22%3A1%7D')).toEqual({ kind: 'matched', args: { b: { x: 1 } } });
    expect(read('resource://n?b=x')).toEqual({ kind: 'matched', args: { b: 'x' } });
  });
});
