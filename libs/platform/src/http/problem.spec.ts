import { BadRequestException, HttpException } from '@nestjs/common';
import { HubError, errorKinds, type ErrorKind } from '@mcp-hub/domain';
import { expect, it } from 'vitest';
import { httpStatusOfKind, toProblem } from './problem.js';

class SomeError extends HubError {
  readonly code = 'some_code';
  constructor(readonly kind: ErrorKind) {
    super('What went wrong, and what to do.');
  }
}

it.each(errorKinds)('maps the kind %s to a status of its own table, with title and code', (kind) => {
  const { status, body } = toProblem(new SomeError(kind));
  expect(status).toBe(httpStatusOfKind[kind]);
  expect(body).toMatchObject({ status, code: 'some_code' });
  expect(body.title).not.toBe('Error');
});

it('tells the message of an error that was raised on purpose', () => {
  expect(toProblem(new SomeError('invalid')).body.detail).toBe('What went wrong, and what to do.');
});

it('keeps the message of an internal one inside', () => {
  const problem = toProblem(new SomeError('internal'));
  expect([problem.isUnexpected, problem.body.detail.includes('What went wrong')]).toEqual([true, false]);
});

it.each([
  new Error('hunter2'),
  'text',
  undefined,
  { statusCode: 404, message: 'hunter2' },
  Object.assign(new Error('hunter2'), { statusCode: 404, code: 'E' }),
])('answers whatever else is thrown with 500', (thrown) => {
  const { status, body, isUnexpected } = toProblem(thrown);
  expect([status, body.code, isUnexpected]).toEqual([500, 'internal_error', true]);
  expect(JSON.stringify(body)).not.toContain('hunter2');
});

it('answers what Nest raises with its status and a text of its own', () => {
  const { status, body } = toProblem(new BadRequestException('you sent "x"'));
  expect([status, body.detail.includes('"x"')]).toEqual([400, false]);
  expect(toProblem(new HttpException('short and stout', 418)).status).toBe(418);
});
