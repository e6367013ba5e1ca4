import type { RetentionPlan } from '../contract/retention.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import type { RetentionPlan as StoredPlan } from '../store/contract/retention.js';

/** A policy as text, each part as in its setting. */
export interface RetentionTexts {
  readonly keepSessions?: string | undefined;
  readonly keepContent?: string | undefined;
  readonly keepSize?: string | undefined;
}

/** A plan under these settings, as clients see it. */
export function planItem(
  { keepSessions, keepContent, keepSize }: RetentionTexts,
  { projects, dataBytes, heldBack }: StoredPlan,
): RetentionPlan {
  return {
    ...(keepSessions !== undefined && { keep_sessions: keepSessions }),
    ...(keepContent !== undefined && { keep_content: keepContent }),
    ...(keepSize !== undefined && { keep_size: keepSize }),
    data_bytes: dataBytes,
    ...(heldBack !== undefined && { held_back: heldBack }),
    would_remove: projects.flatMap(({ project, untilNs, sessions, records, bytes }) =>
      untilNs === undefined || (sessions === 0 && records === 0)
        ? []
        : [{ project, until: formatRfc3339(untilNs), sessions, records, bytes }],
    ),
    would_remove_content: projects.flatMap(({ project, contentUntilNs, contents }) =>
      contentUntilNs === undefined || contents === 0
        ? []
        : [{ project, until: formatRfc3339(contentUntilNs), sessions: contents }],
    ),
  };
}
