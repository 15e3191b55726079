import type { NewServer, ReplicaReport, ServerChange, ServerRecord, StoredEntry } from './registry-store.port.js';

/**
 * What an adapter of `RegistryStore` keeps of one server. The functions here are the rules of that port as pure steps
 * from one state to the next; an adapter adds the compare-and-set around them.
 */
export interface KeptServer {
  record: ServerRecord;
  /** Where the present life of the id began: a report from below is of a server that was deleted. */
  firstGeneration: number;
}

/** @param tombstone what the id was used for before, where it was */
export function insertedServer(server: NewServer, tombstone?: KeptServer): KeptServer {
  const generation = (tombstone?.record.generation ?? 0) + 1;
  const record: ServerRecord = {
    id: server.id,
    ...storedEntryOf(server),
    desired: server.desired,
    generation,
    createdAt: server.at,
    updatedAt: server.at,
    reports: [],
  };
  return { record, firstGeneration: generation };
}

export function replacedServer(kept: KeptServer, change: ServerChange): KeptServer {
  const { id, generation, createdAt, lastHealthy, reports } = kept.record;
  const record: ServerRecord = {
    id,
    ...storedEntryOf(change),
    desired: change.desired,
    generation: generation + 1,
    createdAt,
    updatedAt: change.at,
    ...(lastHealthy ? { lastHealthy } : {}),
    reports,
  };
  return { ...kept, record };
}

/** @returns undefined where the report says nothing new */
export function reportedServer(
  kept: KeptServer,
  report: ReplicaReport,
  healthyEntry?: StoredEntry,
): KeptServer | undefined {
  const { record, firstGeneration } = kept;
  if (record.desired === 'deleted') return undefined;
  if (report.generation < firstGeneration || report.generation > record.generation) return undefined;
  const known = record.reports.find(({ replica }) => replica === report.replica);
  if (known && !isNewer(report, known)) return undefined;

  const others = record.reports.filter(({ replica }) => replica !== report.replica);
  const reports = [...others, report].sort((a, b) => a.replica - b.replica);
  const lastHealthy = healthyEntry ? lastHealthyAfter(record, report, healthyEntry) : record.lastHealthy;
  return { ...kept, record: { ...record, ...(lastHealthy ? { lastHealthy } : {}), reports } };
}

/** Every blob that the record names, each once. */
export function blobHashesOf({ specHash, lastHealthy, reports }: ServerRecord): string[] {
  const named = [
    specHash,
    lastHealthy?.specHash,
    lastHealthy?.capabilitiesHash,
    ...reports.map(({ capabilitiesHash }) => capabilitiesHash),
  ];
  return [...new Set(named.filter((hash) => hash !== undefined))];
}

function isNewer(report: ReplicaReport, known: ReplicaReport): boolean {
  if (report.generation !== known.generation) return report.generation > known.generation;
  return report.sequence > known.sequence;
}

function lastHealthyAfter(
  { lastHealthy }: ServerRecord,
  report: ReplicaReport,
  healthyEntry: StoredEntry,
): ServerRecord['lastHealthy'] {
  if (report.outcome !== 'healthy') return lastHealthy;
  if (lastHealthy && report.generation < lastHealthy.generation) return lastHealthy;
  const { generation, capabilitiesHash } = report;
  return {
    ...storedEntryOf(healthyEntry),
    generation,
    ...(capabilitiesHash !== undefined ? { capabilitiesHash } : {}),
  };
}

/** Drops whatever else a caller's object carries, so that all adapters keep the same. */
function storedEntryOf({ entry, specHash }: StoredEntry): StoredEntry {
  return specHash === undefined ? { entry } : { entry, specHash };
}
