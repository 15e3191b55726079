import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameComponents } from './component-names.js';
import type { Operation } from '../operations/operation.js';
import { aDocument, recordedApi } from '../../test/recorded-api.js';

function names(operations: Record<string, Record<string, unknown>>, chosen: Record<string, string> = {}): string[] {
  const paths = Object.fromEntries(
    Object.entries(operations).map(([route, operation]) => {
      const [method = '', path = ''] = route.split(' ');
      return [path, { [method.toLowerCase()]: operation }];
    }),
  );
  return recordedApi(aDocument(paths), { mcp_names: chosen }).tools.map(({ name }) => name);
}

function anOperationAt(route: string, rest: Partial<Operation> = {}): Operation {
  const [method = '', path = ''] = route.split(' ');
  return {
    pointer: route,
    method,
    path,
    tags: [],
    isDeprecated: false,
    parameters: [],
    responseTypes: [],
    servers: [],
    ...rest,
  };
}

const someText = fc.string({ unit: fc.constantFrom('a', 'B', '_', '-', ' ', '/', 'é', '名', '{', '0'), maxLength: 70 });
const someOperations = fc.uniqueArray(
  fc.record({ path: someText, operationId: fc.option(someText), summary: fc.option(fc.constantFrom('Get', 'a')) }),
  { selector: ({ path }) => path, maxLength: 12 },
);

describe('nameComponents', () => {
  it('gives names that are valid, unique and the same in any order', () => {
    fc.assert(
      fc.property(someOperations, fc.infiniteStream(fc.nat()), (found, order) => {
        const requests = found.map(({ path, operationId, summary }) => ({
          namespace: 'tool',
          operation: anOperationAt(`GET /${path.replaceAll(' ', '')}/${found.length}/${path.length}`, {
            ...(operationId === null ? {} : { operationId }),
            ...(summary === null ? {} : { summary }),
          }),
        }));
        const distinct = [...new Map(requests.map((one) => [one.operation.path, one])).values()];
        const given = nameComponents(distinct, { a: 'B' });
        for (const name of given) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        expect(new Set(given).size).toBe(distinct.length);
        const ranks = new Map(distinct.map((one) => [one, order.next().value as number]));
        const shuffled = distinct.toSorted((x, y) => (ranks.get(x) ?? 0) - (ranks.get(y) ?? 0));
        const again = new Map(nameComponents(shuffled, { a: 'B' }).map((name, index) => [shuffled[index], name]));
        expect(distinct.map((one) => again.get(one))).toEqual(given);
      }),
    );
  });

  it('names an operation as before when others are added that want other names', () => {
    const same = ['GET /a', 'GET /b'].map((route) => ({
      namespace: 'tool',
      operation: anOperationAt(route, { operationId: 'same' }),
    }));
    const other = { namespace: 'tool', operation: anOperationAt('GET /0', { operationId: 'other' }) };
    expect(nameComponents([other, ...same], {}).slice(1)).toEqual(nameComponents(same, {}));
  });

  it.each([
    ['the operationId', { operationId: 'getThing', summary: 'Get a thing' }, 'getThing'],
    ['the operationId up to two underscores', { operationId: 'list_things__v1_get' }, 'list_things'],
    ['one underscore for a run of others', { operationId: 'things/list - all.' }, 'things_list_all'],
    ['the summary where there is no operationId', { summary: 'Get a thing' }, 'Get_a_thing'],
    ['method and path where there is nothing else', {}, 'GET_things_id'],
    ['the next source where one is not Latin', { operationId: '取得', summary: 'Get' }, 'Get'],
  ])('takes %s', (_, operation, expected) => {
    expect(names({ 'GET /things/{id}': operation })).toEqual([expected]);
  });

  it('prefers the names that the entry chooses', () => {
    expect(names({ 'GET /a': { operationId: 'x__y' } }, { x__y: 'my tool' })).toEqual(['my_tool']);
  });

  it('cuts long names to 64 characters, differently for different names', () => {
    const [a = '', b = ''] = names({
      'GET /a': { operationId: `${'x'.repeat(80)}a` },
      'GET /b': { operationId: `${'x'.repeat(80)}b` },
    });
    expect(a).toMatch(/^x{56}_[a-z0-9]{7}$/);
    expect(b).toMatch(/^x{56}_[a-z0-9]{7}$/);
    expect(a).not.toBe(b);
  });

  it('gives equal names distinct ones that do not depend on the order', () => {
    const a = {
      'GET /a': { operationId: 'get' },
      'GET /b': { operationId: 'get' },
    };
    const b = {
      'GET /0': { operationId: 'get' },
      'GET /b': { operationId: 'get' },
      'GET /a': { operationId: 'get' },
    };
    const [ofA, ofB] = names(a);
    expect(ofA).not.toBe(ofB);
    expect(names(b).slice(1)).toEqual([ofB, ofA]);
  });

  it('keeps a generated name clear of one that is there already', () => {
    const [, generated = ''] = names({
      'GET /a': { operationId: 'get' },
      'GET /b': { operationId: 'get' },
    });
    const all = names({
      'GET /a': { operationId: 'get' },
      'GET /b': { operationId: 'get' },
      'GET /c': { operationId: generated },
    });
    expect(new Set(all).size).toBe(3);
    expect(all[2]).toBe(generated);
  });

  it('always gives names that model APIs accept', () => {
    const all = names({
      'GET /': {},
      'GET /%E2%82%AC/Ж': { summary: '¡!' },
      'POST /x': { operationId: '___' },
    });
    for (const name of all) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });
});
