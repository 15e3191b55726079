import { isRunning } from './legs/leg.js';
import { startLegs } from './legs/start-legs.js';
import type { BenchOptions } from './bench-options.js';
import { LoadGenerator, measureRounds } from './measure.js';
import { callReport, type CallReport } from './report/call-report.js';
import { thisMachine } from './report/machine.js';
import { whole } from './report/table.js';

type CallOptions = Extract<BenchOptions, { kind: 'calls' }>;

const warmUpMs = 1_000;
/** Before anything counts: compilers, pools and caches of every leg. */
const firstWarmUp = { warmUpMs: 0, durationMs: 2_000 };
const firstWarmUpConnections = 16;
/** Above this share of a core the generator itself limits what is measured. */
const generatorLimit = 0.9;

/** Brings the legs up and measures them. @throws Error where something does not start */
export async function runCalls(options: CallOptions, report: (line: string) => void): Promise<CallReport> {
  report('Starting the legs …');
  const running = await startLegs(options.legs, {}, report);
  const generator = new LoadGenerator();
  try {
    for (const leg of running.legs) if (!isRunning(leg)) report(`Leg ${leg.id} does not run: ${leg.reason}`);
    const legs = running.legs.filter(isRunning);
    for (const leg of legs) await generator.measure(leg, firstWarmUpConnections, 0, firstWarmUp);
    const { rounds, connections } = options;
    const plan = { rounds, connections, time: { warmUpMs, durationMs: options.seconds * 1_000 } };
    const samples = await measureRounds(generator, legs, plan, (sample) => {
      const { leg, round, callsPerSecond, errors, firstError, generatorShare } = sample;
      const failed = errors > 0 ? `, ${errors} errors, the first: ${firstError ?? ''}` : '';
      const limited = generatorShare > generatorLimit ? ', limited by the generator' : '';
      report(
        `round ${round}, ${sample.connections} conn., ${leg}: ${whole(callsPerSecond)} calls/s${failed}${limited}`,
      );
    });
    return callReport(samples, running.legs, { plan, machine: thisMachine(), takenAt: new Date() });
  } finally {
    await generator.close();
    await running.close();
  }
}
