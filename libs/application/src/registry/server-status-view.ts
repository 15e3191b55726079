import { loaderTypeOf, type RuntimeStatus, type ServerFailure } from '@mcp-hub/domain';
import type { ReplicaReport, ServerRecord } from '../ports/registry-store.port.js';
import type { RouteRecord, WorkerRecord } from '../ports/route-table.port.js';

/** What the RouteTable tells of one server. */
export interface ServingState {
  /** Routes of live workers at the generation that serves. */
  routes: readonly RouteRecord[];
  liveWorkers: readonly WorkerRecord[];
}

export interface ServerStatus {
  status: RuntimeStatus;
  /** Why the newest generation does not serve, or what it waits for. */
  failure?: ServerFailure;
  /** RFC 3339; when what serves was loaded. */
  loadedAt?: string;
}

/**
 * The status that users see: of what serves, from the RouteTable, with the failure of the newest generation beside it,
 * from the last reports (design.md, "How an entry becomes a running server", 5).
 */
export function statusOf(record: ServerRecord, serving: ServingState): ServerStatus {
  if (record.desired !== 'enabled') return { status: 'disabled' };
  const failure = failureOf(record, serving.liveWorkers);
  const loadedAt = serving.routes.map((route) => route.since).sort()[0];
  const isNewest = serving.routes.some((route) => route.generation === record.generation);
  const replicas = new Set(serving.routes.map((route) => route.replica)).size;
  if (replicas > 0) {
    const isWhole = replicas >= record.entry.replicas && serving.routes.every((route) => route.state !== 'degraded');
    return {
      status: isWhole ? 'healthy' : 'degraded',
      ...failureBeside(failure && !(isNewest && isWhole) ? failure : failureOfRoutes(serving.routes)),
      ...(loadedAt ? { loadedAt } : {}),
    };
  }
  if (failure && failure.stage !== 'waiting') return { status: 'failed', failure };
  return { status: 'loading', ...(failure ? { failure } : {}) };
}

function failureBeside(failure: ServerFailure | undefined): Pick<ServerStatus, 'failure'> {
  return failure ? { failure } : {};
}

/** Of those that serve without answering as they should, the one that has done so for longest. */
function failureOfRoutes(routes: readonly RouteRecord[]): ServerFailure | undefined {
  return routes.flatMap(({ failure }) => failure ?? []).sort((a, b) => (a.since < b.since ? -1 : 1))[0];
}

/** The reports of the newest generation that say it failed. */
export function failedReports(record: ServerRecord): ReplicaReport[] {
  return record.reports.filter((report) => report.generation === record.generation && report.outcome === 'failed');
}

/** The standing failure of the newest generation: nothing to load, a reported one, or nobody who could load it. */
export function failureOf(record: ServerRecord, liveWorkers: readonly WorkerRecord[]): ServerFailure | undefined {
  const loaderType = loaderTypeOf(record.entry);
  if (!loaderType) return nothingToLoad(record);
  const reported = failedReports(record)[0]?.failure;
  if (reported) return reported;
  if (liveWorkers.some((worker) => worker.loaders.includes(loaderType) && !worker.isDraining)) return undefined;
  return {
    code: 'no_capacity',
    stage: 'waiting',
    message: `No worker that loads "${loaderType}" servers is running.`,
    remedy: `Start a worker whose worker.loaders has ${loaderType}.`,
    since: record.updatedAt,
  };
}

function nothingToLoad(record: ServerRecord): ServerFailure {
  const unusable = record.entry.packages.map((item) => item.registry_name);
  return {
    code: 'nothing_to_load',
    stage: 'loading',
    message:
      unusable.length > 0
        ? `nothing to load: the hub can't run packages of ${[...new Set(unusable)].join(', ')}`
        : 'nothing to load: the entry has no openapi_config, module_config, remotes or packages',
    remedy: 'Add one of openapi_config, module_config, remotes, or a package of npm, pypi or docker.',
    since: record.updatedAt,
  };
}
