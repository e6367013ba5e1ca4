import type { Session } from '../../sessionize/session.js';
import type { Database, Statement } from '../sqlite/database.js';

/** The user ids of a listed session besides the one in its row, and where it stands in lists. */
export interface OtherUsers {
  readonly startNs: bigint;
  /** Sorted by code unit. */
  readonly ids: readonly string[];
}

/** Undefined where there is none, as in most sessions. */
export function otherUsersOf(session: Session): OtherUsers | undefined {
  const ids = session.otherUserIds;
  return ids.length === 0 ? undefined : { startNs: session.startNs, ids };
}

/**
 * The sessions of users who are not the one in the session's row: by user, in list order. The index `session_by_user` has the others, so that a session
 * with one user takes nothing here.
 */
export class SessionUsers {
  readonly #insert: Statement;
  readonly #delete: Statement;

  constructor(db: Database) {
    this.#insert = db.prepare(
      'INSERT INTO session_user (project, user_id, start_ns, id, session) VALUES (?, ?, ?, ?, ?)',
    );
    this.#delete = db.prepare(
      'DELETE FROM session_user WHERE project = ? AND user_id = ? AND start_ns = ? AND id = ?',
    );
  }

  /** The users of a session went from `before` to `after`; undefined where it is not listed or has none. */
  exchange(
    { project, id, no }: { readonly project: number; readonly id: string; readonly no: number },
    before: OtherUsers | undefined,
    after: OtherUsers | undefined,
  ): void {
    const isInPlace = before?.startNs === after?.startNs;
    for (const user of before?.ids ?? []) {
      if (isInPlace && after?.ids.includes(user)) continue;
      this.#delete.run(project, user, before!.startNs, id);
    }
    for (const user of after?.ids ?? []) {
      if (isInPlace && before?.ids.includes(user)) continue;
      this.#insert.run(project, user, after!.startNs, id, no);
    }
  }
}
