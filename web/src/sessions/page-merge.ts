import type { Session, SessionPage } from '../api/client.js';

/** A page as it is shown. */
export interface ShownPage extends SessionPage {
  /** Ids of rows that no longer belong to the list. They stay in their last form until the list is reloaded. */
  readonly left?: readonly string[];
}

/**
 * Updates a page without moving anything: it keeps its rows and their order, each in its new form. New rows
 * appear with the next load of the list. `isSorted`: in another order, in which rows that are not in the answer
 * may be on another page.
 */
export function mergePage(shown: ShownPage, fresh: SessionPage, isSorted = false): ShownPage {
  const byId = new Map(fresh.items.map((session) => [session['session.id'], session]));
  if (isSorted) return replaceSessions(shown, byId);
  const end = fresh.has_more ? fresh.items.at(-1) : undefined;
  // A row that new rows have pushed beyond the end of the answer has not left the list.
  const isInReach = (session: Session): boolean =>
    !fresh.has_more || (end !== undefined && isBefore(session, end));
  const left = shown.items.filter((session) => !byId.has(session['session.id']) && isInReach(session));
  const merged = replaceSessions(shown, byId);
  return { ...merged, left: left.map((session) => session['session.id']) };
}

/** The page with updated sessions; the same object if none of them is on it. */
export function replaceSessions(page: ShownPage, byId: ReadonlyMap<string, Session>): ShownPage {
  if (!page.items.some((session) => byId.has(session['session.id']))) return page;
  const left = page.left?.filter((id) => !byId.has(id)) ?? [];
  const items = page.items.map((session) => byId.get(session['session.id']) ?? session);
  return { ...page, items, left };
}

/** Whether a session comes before another in the list: newest start first, ties by id descending. */
function isBefore(session: Session, other: Session): boolean {
  if (session.start_time !== other.start_time) return session.start_time > other.start_time;
  return isGreater(session['session.id'], other['session.id']);
}

/**
 * Compares by code points, which is the order of UTF-8 used by the server. `>` compares UTF-16, in which an
 * emoji comes before `ﬀ`.
 */
function isGreater(id: string, other: string): boolean {
  let at = 0;
  while (at < id.length && id[at] === other[at]) at += 1;
  // Two characters with the same first surrogate differ in the second, whose order is theirs.
  return (id.codePointAt(at) ?? -1) > (other.codePointAt(at) ?? -1);
}

/**
 * Whether the list lacks a changed session: it would come above all rows, or within a loaded page. Below them
 * it will be loaded later, and within unloaded pages it may be present.
 */
export function isMissing(session: Session, pages: readonly SessionPage[], isWholeList: boolean): boolean {
  const rows = pages.map(({ items }) => items).filter((items) => items.length > 0);
  const top = rows[0]?.[0];
  if (top === undefined) return true;
  const id = session['session.id'];
  if (rows.some((items) => items.some((each) => each['session.id'] === id))) return false;
  if (isBefore(session, top)) return true;
  const isWithin = (items: readonly Session[]): boolean =>
    !isBefore(session, items[0]!) && isBefore(session, items.at(-1)!);
  return rows.some(isWithin) || (isWholeList && !isBefore(session, rows.at(-1)!.at(-1)!));
}
