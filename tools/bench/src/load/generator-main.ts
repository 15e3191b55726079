import { runLoad, type LoadPlan } from './run-load.js';

// The load generator as a process of its own: a plan comes in as a message, its result goes back as one.
process.on('message', (plan: LoadPlan) => {
  void runLoad(plan).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
