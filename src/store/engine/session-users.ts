import type { Session } from '../../sessionize/session.js';
import type { ChangeSet, OtherUserRow } from './changes.js';

/**
 * Index of further users of sessions, besides the user in the session's row: by user, in list order. The row
 * itself is found by its own user, so a session with one user needs no entry here.
 */

/** The user ids of a listed session besides the one in its row, and its place in lists. */
export interface OtherUsers {
  readonly startNs: bigint;
  /** Sorted by code unit. */
  readonly ids: readonly string[];
}

/** Undefined if there are none, as in most sessions. */
export function otherUsersOf(session: Session): OtherUsers | undefined {
  const ids = session.otherUserIds;
  return ids.length === 0 ? undefined : { startNs: session.startNs, ids };
}

/** The users of a session go from `before` to `after`; undefined if it is not listed or has none. */
export function exchangeUsers(
  { otherUsers }: ChangeSet,
  { project, id, no }: Pick<OtherUserRow, 'project' | 'id' | 'no'>,
  before: OtherUsers | undefined,
  after: OtherUsers | undefined,
): void {
  const isInPlace = before?.startNs === after?.startNs;
  for (const user of before?.ids ?? []) {
    if (isInPlace && after?.ids.includes(user)) continue;
    otherUsers.gone.push({ project, id, user, startNs: before!.startNs });
  }
  for (const user of after?.ids ?? []) {
    if (isInPlace && before?.ids.includes(user)) continue;
    otherUsers.put.push({ project, id, user, startNs: after!.startNs, no });
  }
}
