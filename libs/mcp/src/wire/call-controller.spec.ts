import { expect, it, vi } from 'vitest';
import { CallController } from './call-controller.js';

it('tells its listeners once', () => {
  const controller = new CallController();
  const [first, second] = [vi.fn(), vi.fn()];
  controller.addEventListener('abort', first);
  controller.addEventListener('abort', second);
  expect(controller.aborted).toBe(false);
  controller.abort('late');
  controller.abort('later');
  expect([controller.aborted, controller.reason]).toEqual([true, 'late']);
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
});

it('tells nobody who has left', () => {
  const controller = new CallController();
  const [gone, staying] = [vi.fn(), vi.fn()];
  controller.addEventListener('abort', gone);
  controller.addEventListener('abort', staying);
  controller.removeEventListener('abort', gone);
  controller.removeEventListener('abort', gone);
  controller.abort();
  expect([gone.mock.calls.length, staying.mock.calls.length]).toEqual([0, 1]);
});

it('tells the others where one of them leaves while it is told', () => {
  const controller = new CallController();
  const other = vi.fn();
  const leaving = (): void => {
    controller.removeEventListener('abort', leaving);
  };
  controller.addEventListener('abort', leaving);
  controller.addEventListener('abort', other);
  controller.abort();
  expect(other).toHaveBeenCalledOnce();
});
