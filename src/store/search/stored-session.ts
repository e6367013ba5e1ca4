import { Session } from '../../sessionize/session.js';
import { clientOf, geoOf, visitOf, vitalsOf } from '../../sessionize/session-view.js';
import type { StoredSession } from '../contract/session.js';
import type { SessionRow } from './search-rows.js';

/** What a list shows of a session's row. */
export function storedRow({ id, sums, earliest, invalidated }: SessionRow): StoredSession {
  return stored(Session.decode(id, sums, earliest), invalidated !== 0n);
}

/** What the API is told of a session. */
export function stored(session: Session, invalidated: boolean): StoredSession {
  const { traits, usage } = session;
  const client = clientOf(traits);
  const geo = geoOf(traits);
  const { otherUserIds } = session;
  const visit = visitOf(session.visit);
  const vitals = vitalsOf(session.visit);
  const { places } = session.visit;
  const { release, deviceModel, osVersion, connection } = traits;
  return {
    id: session.id,
    startNs: session.startNs,
    lastNs: session.lastNs,
    traceCount: session.traceCount,
    spanCount: session.spanCount,
    errorCount: session.errorCount,
    ...(session.exceptions.isEmpty
      ? {}
      : { exceptionCount: session.exceptions.count, crashCount: session.exceptions.crashCount }),
    services: session.services.names(),
    invalidated,
    ...(session.isImplicit ? { isImplicit: true } : {}),
    ...(session.timesSetAside === 0 ? {} : { timesSetAside: session.timesSetAside }),
    ...(session.endMarkNs === undefined ? {} : { endMarkNs: session.endMarkNs }),
    ...(session.hasEnded ? { hasEnded: true } : {}),
    ...(traits.userId === undefined ? {} : { userId: traits.userId }),
    ...(otherUserIds.length === 0 ? {} : { otherUserIds }),
    ...(client === undefined ? {} : { client }),
    ...(geo === undefined ? {} : { geo }),
    ...(visit === undefined ? {} : { visit }),
    ...(vitals === undefined ? {} : { vitals }),
    ...(places.length === 0 ? {} : { places }),
    ...(release === undefined ? {} : { release }),
    ...(deviceModel === undefined ? {} : { deviceModel }),
    ...(osVersion === undefined ? {} : { osVersion }),
    ...(connection === undefined ? {} : { connection }),
    ...(usage.isEmpty
      ? {}
      : {
          genai: {
            requestCount: usage.requestCount,
            inputTokens: usage.inputTokens,
            outputTokens: usage.outputTokens,
            models: usage.models.names(),
            providers: usage.providers.names(),
            unpricedCount: usage.unpricedCount,
            unreportedCount: usage.unreportedCount,
            ...(usage.pricedCount === 0 ? {} : { costNanoUsd: usage.costNanoUsd }),
          },
        }),
    ...(traits.previousId === undefined ? {} : { previousId: traits.previousId }),
    ...(session.visit.pageViews === 0 ? {} : { pageSources: session.visit.sources }),
  };
}
