import type { Traits } from '../../sessionize/earliest.js';
import { inOrder } from '../../sessionize/in-order.js';
import type { ScoreSum } from '../../sessionize/scores.js';
import type { Session } from '../../sessionize/session.js';
import { clientOf, geoOf, visitOf, vitalsOf } from '../../sessionize/session-view.js';
import { outcomeOf, titleOf } from '../../sessionize/title.js';
import type { SessionCounts, SessionTraits, StoredScore, StoredSession } from '../contract/session.js';

/** The summary of a session for the API. */
export function stored(session: Session, invalidated: boolean): StoredSession {
  const { otherUserIds } = session;
  const { places } = session.visit;
  const scoreIds = session.scores.ids();
  const failedTools = session.tools.failed();
  return {
    id: session.id,
    startNs: session.startNs,
    lastNs: session.lastNs,
    invalidated,
    ...countsOf(session),
    ...shownTraits(session.traits),
    ...(session.isImplicit ? { isImplicit: true } : {}),
    ...(session.endEventNs === undefined ? {} : { endEventNs: session.endEventNs }),
    ...(session.hasEnded ? { hasEnded: true } : {}),
    ...(otherUserIds.length === 0 ? {} : { otherUserIds }),
    ...(places.length === 0 ? {} : { places }),
    ...(scoreIds.length === 0 ? {} : { scoreIds }),
    ...(session.errors.isEmpty ? {} : { errorShapes: session.errors.names() }),
    ...(failedTools.length === 0 ? {} : { failedTools }),
    ...(session.tags.size === 0 ? {} : { tags: session.tags.ids() }),
    ...(session.visit.pageViews === 0 ? {} : { pageSources: session.visit.sources }),
  };
}

/** Its values that change with its records. */
export function countsOf(session: Session): SessionCounts {
  const { usage, exceptions, timesSetAside } = session;
  const visit = visitOf(session.visit);
  const vitals = vitalsOf(session.visit);
  const counts: Writable<SessionCounts> = {
    traceCount: session.traceCount,
    spanCount: session.spanCount,
    errorCount: session.errorCount,
    services: session.services.names(),
  };
  const title = titleOf(session.traits, visit);
  const outcome = outcomeOf(session.traits);
  if (title !== undefined) counts.title = title;
  if (outcome !== undefined) counts.outcome = outcome;
  if (!exceptions.isEmpty) {
    counts.exceptionCount = exceptions.count;
    counts.crashCount = exceptions.crashCount;
  }
  if (timesSetAside !== 0) counts.timesSetAside = timesSetAside;
  const scores = session.scores.all();
  if (scores.length > 0) counts.scores = scores.map(storedScore);
  if (visit !== undefined) counts.visit = visit;
  if (vitals !== undefined) counts.vitals = vitals;
  if (!usage.isEmpty) {
    counts.genai = {
      requestCount: usage.requestCount,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      models: usage.models.names(),
      providers: usage.providers.names(),
      unpricedCount: usage.unpricedCount,
      unreportedCount: usage.unreportedCount,
      ...(usage.pricedCount === 0 ? {} : { costNanoUsd: usage.costNanoUsd }),
    };
  }
  return counts;
}

function storedScore([name, { count, valued, units, labels }]: readonly [string, ScoreSum]): StoredScore {
  return {
    name,
    count,
    valued,
    units,
    labels: inOrder([...labels.keys()]).map((label) => ({ label, count: labels.get(label)! })),
  };
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Its traits that are shown. */
export function shownTraits(traits: Traits): SessionTraits {
  const client = clientOf(traits);
  const geo = geoOf(traits);
  const { previousId, userId, release, deviceModel, osVersion, connection } = traits;
  return {
    ...(previousId === undefined ? {} : { previousId }),
    ...(userId === undefined ? {} : { userId }),
    ...(client === undefined ? {} : { client }),
    ...(geo === undefined ? {} : { geo }),
    ...(release === undefined ? {} : { release }),
    ...(deviceModel === undefined ? {} : { deviceModel }),
    ...(osVersion === undefined ? {} : { osVersion }),
    ...(connection === undefined ? {} : { connection }),
  };
}
