import type { Session } from '../contract/session.js';
import type { SessionState } from '../contract/session-state.js';
import { formatRfc3339, milliseconds } from '../contract/timestamp.js';
import type { ListedSession, StoredSession } from '../store/contract/session.js';
import { countsItem, traitsItem } from '../store/contract/session-item.js';
import { isOpen } from './state.js';

/** The contract's item for a session in `state`. */
export function sessionItem(session: StoredSession, state: SessionState): Session {
  return {
    'session.id': session.id,
    start_time: formatRfc3339(session.startNs),
    ...(!isOpen(state) && { end_time: formatRfc3339(session.lastNs) }),
    duration_ms: durationOf(session),
    ...countsItem(session),
    state,
    ...traitsItem(session),
  };
}

/** The start of the same item in a list, as JSON. The session's `fields` and a closing brace must follow. */
export function listedItemStart(session: ListedSession, state: SessionState): string {
  const { id, startNs, lastNs } = session;
  const end = isOpen(state) ? '' : `,"end_time":"${formatRfc3339(lastNs)}"`;
  return `{"session.id":${JSON.stringify(id)},"start_time":"${formatRfc3339(startNs)}"${end},"duration_ms":${durationOf(session)},"state":"${state}",`;
}

function durationOf({ startNs, lastNs }: Pick<StoredSession, 'startNs' | 'lastNs'>): number {
  return milliseconds(lastNs > startNs ? lastNs - startNs : 0n);
}
