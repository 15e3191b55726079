import type { Checks } from '../cell.js';
import { callChecks } from './call-checks.js';
import { duringCallChecks } from './during-call-checks.js';
import { inputChecks } from './input-checks.js';
import { listChecks } from './list-checks.js';
import { outsideCallChecks } from './outside-call-checks.js';
import { taskChecks } from './task-checks.js';
import { serverChecks } from './server-checks.js';

/** By the id of the row that each is for. */
export const allChecks: Checks = {
  ...serverChecks,
  ...listChecks,
  ...callChecks,
  ...inputChecks,
  ...duringCallChecks,
  ...outsideCallChecks,
  ...taskChecks,
};
