import { callSection } from './call-rows.js';
import { inputSection } from './input-rows.js';
import { listSection } from './list-rows.js';
import type { MatrixRow, MatrixSection } from './matrix.js';
import { duringCallSection, outsideCallSection } from './notification-rows.js';
import { serverSection } from './server-rows.js';

export { revisionFeatures, type RevisionFeature } from '../frontends/legacy/revision-features.js';
export {
  claimOf,
  erasOf,
  matrixCells,
  matrixTransports,
  transportsOf,
  type MatrixCell,
  type MatrixClaim,
  type MatrixEntry,
  type MatrixRow,
  type MatrixSection,
  type MatrixTransport,
} from './matrix.js';

/**
 * What becomes of each feature of the protocol between clients and servers of both eras, on every transport. The page
 * docs/protocol.md and the tests that prove it are made from this.
 */
export const protocolMatrix: readonly MatrixSection[] = [
  serverSection,
  listSection,
  callSection,
  inputSection,
  duringCallSection,
  outsideCallSection,
];

export const matrixRows: readonly MatrixRow[] = protocolMatrix.flatMap(({ rows }) => rows);
