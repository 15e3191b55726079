import type { Socket } from 'node:net';

/** Copies one direction of a connection; each chunk leaves `delayMs()` after it came, in order. */
export function pipeDelayed(from: Socket, to: Socket, delayMs: () => number): void {
  const queue: { dueAt: number; chunk: Buffer | undefined }[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    timer = undefined;
    for (let head = queue[0]; head !== undefined; head = queue[0]) {
      const waitMs = head.dueAt - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(flush, Math.ceil(waitMs));
        return;
      }
      queue.shift();
      if (head.chunk === undefined) to.end();
      else if (!to.write(head.chunk)) from.pause();
    }
  };
  const enqueue = (chunk: Buffer | undefined): void => {
    queue.push({ dueAt: performance.now() + delayMs(), chunk });
    if (timer === undefined) flush();
  };

  from.on('data', enqueue);
  from.on('end', () => enqueue(undefined));
  to.on('drain', () => from.resume());
  from.on('close', () => {
    if (from.errored) to.destroy();
  });
  to.on('close', () => {
    clearTimeout(timer);
    queue.length = 0;
    from.destroy();
  });
}
