export { compareLeg, type LegComparison, type LostCheck } from './compare-leg.js';
export { passedCount, type Check, type LegResult, type ScenarioResult } from './leg-result.js';
export { legs, nameOf, type Leg } from './legs.js';
export { formatReport, isGood, label, type ReportRow } from './report.js';
export { runLeg, type RunOptions } from './run-leg.js';
export { serveDirectly } from './serve-directly.js';
export { hubForms, serveThroughHub, type HubForm } from './serve-through-hub.js';
export type { Subject } from './subject.js';
export { NodeForSuitesMissing, nodeForSuites } from './suite-node.js';
