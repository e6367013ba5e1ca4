import type { PriceOf } from '../../normalize/facts.js';
import { isOfCalls, withVerdicts } from '../../sessionize/elsewhere.js';
import { type Fragment, fragments } from '../../sessionize/fragment.js';
import type { RunningUsage } from '../../sessionize/running-usage.js';
import { Session } from '../../sessionize/session.js';
import { traitsOfText } from '../contract/session-item.js';
import type { CallMoment, SessionCalls } from './group-calls.js';
import type { GroupLoader } from './group-loader.js';
import { versionSuffix } from './group-versions.js';
import { Kept } from './kept.js';
import type { SessionRow } from './reads.js';

/** One snapshot. */
export type SessionMoment = CallMoment;

/** A session by its row. */
export class FoundSession {
  readonly row: SessionRow;
  /** Its usage follows the current settings. */
  readonly session: Session;
  #versionSuffix: string | undefined;

  constructor(row: SessionRow, session: Session) {
    this.row = row;
    this.session = session;
  }

  /** The argument of `groupVersion`. */
  get versionSuffix(): string {
    this.#versionSuffix ??= this.session.usage.needsDeduplication ? versionSuffix(this.row.sums) : '';
    return this.#versionSuffix;
  }
}

/**
 * Limit of the rows whose sessions are kept decoded, in characters, and the overhead of a session in the same
 * unit. Small sessions are fast to decode again.
 */
const MOST_KEPT_TEXT = 8 * 1024 * 1024;
const SESSION_TEXT = 16 * 1024;
/** The size of a mark of a call, which may be read later, in the same unit. */
const MARK_TEXT = 8;

/**
 * Limit of kept recomputed usage of sessions folded under other settings, in records, and the overhead of a
 * session in the same unit.
 */
const MOST_FOLDED_RECORDS = 60_000;
const SESSION_RECORDS = 100;

/** Limit of groups of a session that is refolded for an answer. */
const MOST_GROUPS = 1_000_000;

export interface FindSessionOptions {
  readonly loader: GroupLoader;
  readonly calls: SessionCalls;
  readonly priceOf: PriceOf;
  /** Limit of records of a session whose usage is recomputed for an answer. */
  readonly mostTogether: number;
}

/**
 * Finds sessions by id. Keeps recently requested ones decoded, so that the next page need not decode its
 * calls again.
 */
export class FindSession {
  readonly #options: FindSessionOptions;
  readonly #kept = new Kept<FoundSession>(MOST_KEPT_TEXT);
  readonly #folded = new Kept<{
    readonly sums: string;
    readonly settings: number;
    readonly usage: RunningUsage;
  }>(MOST_FOLDED_RECORDS);

  constructor(options: FindSessionOptions) {
    this.#options = options;
  }

  /** The row of the session with this id, or of the session by user that has the trace with this id. */
  async row({ reads, project, users }: SessionMoment, id: string): Promise<SessionRow | undefined> {
    const row = await reads.session(project, id);
    if (row !== undefined || users === undefined) return row;
    const other = await users.sessionOfId(project, id);
    return other === undefined ? undefined : reads.session(project, other);
  }

  /**
   * The session with this id. If it was folded under other settings, its usage is recomputed for the answer,
   * and nothing is written.
   */
  async find(moment: SessionMoment, id: string): Promise<FoundSession | undefined> {
    const row = await this.row(moment, id);
    if (row === undefined) return undefined;
    const found = this.#decode(row);
    if (found.session.groups === 0) return undefined;
    if (row.settings !== (await moment.reads.settings())) await this.#foldUsage(moment, found);
    return found;
  }

  #decode(row: SessionRow): FoundSession {
    const name = String(row.no);
    const kept = this.#kept.get(name);
    if (kept !== undefined && isSameRow(kept.row, row)) return kept;
    const found = new FoundSession(
      row,
      Session.decode(row.id, row.sums, row.earliest, traitsOfText(row.traits)),
    );
    const text = row.sums.length + row.earliest.length + row.traits.length;
    this.#kept.put(name, found, SESSION_TEXT + text + MARK_TEXT * found.session.usage.marks.size);
    return found;
  }

  /**
   * Prices and the reading of calls may have changed; users and places stay as in the row until the writer
   * refolds the session. Which calls count can change only with the row: the writer refolds a session under
   * the current settings whenever one of its groups changes, or another group reports one of its calls.
   */
  async #foldUsage(moment: SessionMoment, { row, session }: FoundSession): Promise<void> {
    const { loader, calls, priceOf, mostTogether } = this.#options;
    const records = session.spanCount + session.logCount;
    if (records > mostTogether) return;
    const name = String(row.no);
    const settings = await moment.reads.settings();
    let known = this.#folded.get(name);
    if (known?.sums !== row.sums || known.settings !== settings) {
      const rows = await moment.reads.groups(row, {
        of: 'records',
        direction: 'forward',
        limit: MOST_GROUPS,
      });
      const parts: Fragment[] = [];
      for await (const { row: at, group } of loader.groups(moment, rows)) {
        const raw = fragments(group, priceOf);
        const shared = await calls.shared(moment, at.key, raw);
        const part = withVerdicts(raw, shared, (session) => isOfCalls(group, session)).get(row.id);
        if (part !== undefined) parts.push(part);
      }
      known = { sums: row.sums, settings, usage: Session.of(row.id, parts, priceOf).usage };
      this.#folded.put(name, known, SESSION_RECORDS + records);
    }
    session.usage = known.usage;
  }
}

function isSameRow(a: SessionRow, b: SessionRow): boolean {
  return (
    a.sums === b.sums &&
    a.earliest === b.earliest &&
    a.traits === b.traits &&
    a.id === b.id &&
    a.invalidated === b.invalidated &&
    a.isListed === b.isListed &&
    a.settings === b.settings
  );
}
