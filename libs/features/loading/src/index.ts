export { LoadingModule, type LoadingModuleOptions } from './loading.module.js';
export { WorkerRuntime } from './worker-runtime.js';
