import { describe, expect, it } from 'vitest';
import { cpuMsOf, readProcess, rssMbOf } from './process-figures.js';

const afterName =
  'S 1 4242 4242 0 -1 4194560 18133 0 0 0 123 45 6 7 20 0 11 0 5021 1054600000 24390 18446744073709551615';

describe('cpuMsOf', () => {
  it('adds user and system time, without those of children', () => {
    expect(cpuMsOf(`4242 (node) ${afterName}`)).toBe(1_680);
  });

  it('is not misled by a name with blanks and brackets', () => {
    expect(cpuMsOf(`4242 (a) S 1 (b)) ${afterName}`)).toBe(1_680);
  });

  it.each(['', 'no such process', '4242 (node) S 1 2'])('refuses %j', (text) => {
    expect(() => cpuMsOf(text)).toThrow(RangeError);
  });
});

describe('rssMbOf', () => {
  it('reads VmRSS, not the peak', () => {
    expect(rssMbOf('Name:\tnode\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n')).toBe(100);
  });

  it('refuses the status of a process without memory', () => {
    expect(() => rssMbOf('Name:\tkthreadd\nState:\tS (sleeping)\n')).toThrow(RangeError);
  });
});

describe.skipIf(process.platform !== 'linux')('readProcess', () => {
  it('counts the time that this process uses', () => {
    const before = readProcess(process.pid);
    const used = process.cpuUsage();
    while (process.cpuUsage(used).user < 50_000);
    expect(readProcess(process.pid).cpuMs - before.cpuMs).toBeGreaterThanOrEqual(40);
    expect(before.rssMb).toBeGreaterThan(10);
  });
});
