import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { answerSignals } from './answer-signals.js';

// Collects all garbage when it is asked, so that what a process holds can be told from what it has not thrown away yet.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

answerSignals(() => {
  collect();
  collect();
  return Promise.resolve(process.memoryUsage());
});
