import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Answers each SIGUSR2 with what `take` gives, as JSON in a file that appears whole: `<pid>.<count>.json` in the
 * folder that BENCH_PROBE_DIR names.
 */
export function answerSignals(take: () => Promise<unknown>): void {
  const folder = process.env['BENCH_PROBE_DIR'] ?? '.';
  let count = 0;
  process.on('SIGUSR2', () => {
    count += 1;
    const file = join(folder, `${process.pid}.${count}.json`);
    void take().then((answer) => {
      writeFileSync(`${file}.draft`, JSON.stringify(answer));
      renameSync(`${file}.draft`, file);
    });
  });
}
