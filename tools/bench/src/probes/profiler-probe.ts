import { Session } from 'node:inspector/promises';
import { answerSignals } from './answer-signals.js';

// Loaded into the processes of a leg: the first signal starts a CPU profile, the next one ends it and gives it.
const session = new Session();
let isProfiling = false;

answerSignals(async () => {
  if (isProfiling) {
    isProfiling = false;
    const { profile } = await session.post('Profiler.stop');
    return profile;
  }
  isProfiling = true;
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 250 });
  await session.post('Profiler.start');
  return {};
});
