import type { LegacyVersion } from '../../wire/protocol.js';

/** What some revisions of the legacy era have and others do not. */
export interface RevisionFeature {
  since: LegacyVersion;
  /** The revision that took it away again. */
  until?: LegacyVersion;
  /** What a client of a revision without it gets. */
  otherwise: string;
}

/**
 * The differences between the legacy revisions that a client would notice (their schemas and changelogs). Optional
 * members that came later are in no list: every revision lets unknown members be, so titles, icons, annotations, `_meta`,
 * `execution`, the `message` of progress, `lastModified` and the capabilities of later revisions pass through.
 */
export const revisionFeatures = {
  batches: {
    since: '2025-03-26',
    until: '2025-06-18',
    otherwise: '400 for several messages in one POST; 2024-11-05 does not mention them',
  },
  audioContent: { since: '2025-03-26', otherwise: 'a text that says what was left out' },
  structuredContent: {
    since: '2025-06-18',
    otherwise: 'tools without outputSchema; the value as JSON text where the result has no other text',
  },
  resourceLinks: { since: '2025-06-18', otherwise: 'a text with the URI' },
  elicitation: { since: '2025-06-18', otherwise: 'never asked: the server is told that the client cannot' },
  urlElicitation: { since: '2025-11-25', otherwise: 'never asked: the server is told that the client cannot' },
  titledChoices: { since: '2025-11-25', otherwise: '`enum` and `enumNames` beside `oneOf` in forms' },
  samplingTools: {
    since: '2025-11-25',
    otherwise: 'never asked with tools: the server is told that the client cannot',
  },
  samplingContentLists: { since: '2025-11-25', otherwise: 'one message for each content block' },
  tasks: { since: '2025-11-25', otherwise: 'no notifications of tasks' },
  elicitationComplete: { since: '2025-11-25', otherwise: 'not told that a URL elicitation is complete' },
  primingEvents: { since: '2025-11-25', otherwise: 'streams without events that have no data' },
} as const satisfies Record<string, RevisionFeature>;

export type RevisionFeatureName = keyof typeof revisionFeatures;

/** Whether a revision has it: revisions are dates, and sort as text. */
export function hasFeature(version: LegacyVersion, name: RevisionFeatureName): boolean {
  const { since, until }: RevisionFeature = revisionFeatures[name];
  return version >= since && (until === undefined || version < until);
}

/** Notifications that came later. What a client of those revisions reads is a closed list, and some fail at others. */
const featureOfNotification: Readonly<Record<string, RevisionFeatureName>> = {
  'notifications/elicitation/complete': 'elicitationComplete',
  'notifications/tasks/status': 'tasks',
};

/** Whether clients of a revision can be told; a notification that no revision defines is an extension's, and passes. */
export function canBeTold(method: string, version: LegacyVersion): boolean {
  const feature = Object.hasOwn(featureOfNotification, method) ? featureOfNotification[method] : undefined;
  return feature === undefined || hasFeature(version, feature);
}
