import { setUpAndBecome } from '../application.mjs';

/** `npm start`: the hub in one process. */
export const run = () => setUpAndBecome('apps/standalone');
