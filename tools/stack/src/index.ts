export { Stack } from './stack.js';
export { readStackOptions, type StackOptions } from './stack-options.js';
export type { ListedService, StackState } from './stack-state.js';
