import type { Buffer } from 'node:buffer';
import { momentAt } from '../../sessionize/elsewhere.js';
import type { ErasureTarget } from '../contract/erasure.js';
import { entriesWithout, groupsIn } from '../engine/call-index.js';
import { CHUNK_SESSIONS } from '../search/columns/bits.js';
import type { SessionColumns } from './session-columns.js';
import { byteas, int8s, type Row, type Statement, type SyncSession, textOf, utf8 } from './statement.js';

/** Rows of the call index that are looked at in one transaction. */
const CALL_PLACES = 500;

const SESSIONS = 'SELECT id FROM session WHERE project = $1::int4 AND id = ANY($2::bytea[])';

const SESSIONS_OF_USERS = `
  SELECT id FROM session WHERE project = $1::int4 AND user_id = ANY($2::bytea[])
  UNION SELECT id FROM session_other_user WHERE project = $1::int4 AND user_id = ANY($2::bytea[])`;

/** Chunks of columns that have sessions without a row. */
const STALE_CHUNKS = `
  SELECT DISTINCT c.no FROM loose_session AS l JOIN session_chunk AS c ON c.no = (l.no / ${CHUNK_SESSIONS})::int4
  WHERE NOT EXISTS (SELECT FROM session AS s WHERE s.no = l.no)`;

/** Users whose numbers are looked at in one transaction. */
const USERS = 2_000;

const DELETE_USERS = `
  DELETE FROM chunk_user AS u WHERE u.no BETWEEN $1::int4 AND $2::int4
    AND NOT EXISTS (SELECT FROM session AS s WHERE s.project = u.project AND s.user_id = u.user_id)
    AND NOT EXISTS (SELECT FROM session_other_user AS o WHERE o.project = u.project AND o.user_id = u.user_id)`;

/** What erasures and retention ask the rows of sessions, and what they remove from them besides sessions. */
export class ErasureRows {
  /** The schema of the rows. */
  readonly schema: string;
  readonly #session: SyncSession;
  readonly #columns: SessionColumns;
  readonly #fence: () => Statement;

  /** `session` is that of the engine, and in no transaction when this is called. */
  constructor(schema: string, session: SyncSession, columns: SessionColumns, fence: () => Statement) {
    this.schema = schema;
    this.#session = session;
    this.#columns = columns;
    this.#fence = fence;
  }

  /** The sessions of a target that exist. */
  sessionsOf(project: number, target: ErasureTarget): string[] {
    const isOfUsers = target.kind === 'user';
    const values = [project, byteas((isOfUsers ? target.users : target.sessions).map(utf8))];
    return this.#rows(isOfUsers ? SESSIONS_OF_USERS : SESSIONS, values).map(([id]) => textOf(id));
  }

  nameOf(project: number): string | undefined {
    const row = this.#rows('SELECT name FROM project WHERE no = $1::int4', [project])[0];
    return row && textOf(row[0]);
  }

  /** Whether no record is left, for each of these traces. */
  areGone(project: number, traces: readonly Uint8Array[]): boolean[] {
    return this.#rows(
      `SELECT NOT EXISTS (SELECT FROM record_group AS g WHERE g.project = $1::int4 AND g.key = q.key)
        FROM unnest($2::bytea[]) WITH ORDINALITY AS q (key, at) ORDER BY q.at`,
      [project, byteas(traces)],
    ).map(([isGone]) => isGone as boolean);
  }

  /**
   * Removes what deleted sessions leave in other rows: of calls, up to this time. Yields between transactions.
   */
  *clean(untilNs?: bigint): Generator<void, void> {
    for (const [chunk] of this.#rows(STALE_CHUNKS)) {
      this.#columns.pack(chunk as number);
      yield;
    }
    const last = Number(this.#rows('SELECT coalesce(max(no), 0) FROM chunk_user')[0]![0]);
    for (let from = 0; from <= last; from += USERS) {
      this.#write({ text: DELETE_USERS, values: [from, from + USERS - 1] });
      yield;
    }
    yield* this.#cleanCallIndex(untilNs === undefined ? GREATEST : BigInt(momentAt(untilNs) + 1));
  }

  /** Removes entries of groups that have no records any more: each was added and removed. */
  *#cleanCallIndex(until: bigint): Generator<void, void> {
    for (let after: readonly [bigint, bigint] = [LEAST, LEAST]; ; ) {
      const rows = this.#rows(
        `SELECT moment, no, entries FROM call_place WHERE (moment, no) > ($1::int8, $2::int8) AND moment <= $3::int8
          ORDER BY moment, no LIMIT ${CALL_PLACES}`,
        [...after, until],
      ) as readonly [bigint, bigint, Buffer][];
      const last = rows.at(-1);
      if (last === undefined) return;
      after = [last[0], last[1]];
      const keys = new Map(
        rows.flatMap(([, , entries]) => groupsIn(entries).map((key) => [textOfKey(key), key])),
      );
      const known = new Set(
        this.#rows('SELECT DISTINCT key FROM record_group WHERE key = ANY($1::bytea[])', [
          byteas([...keys.values()]),
        ]).map(([key]) => textOfKey(key as Buffer)),
      );
      const changed = rows.flatMap(([moment, no, entries]) => {
        // The row stays: readers count them.
        const kept = entriesWithout(entries, (key) => !known.has(textOfKey(key)));
        return kept === undefined ? [] : [{ moment, no, kept }];
      });
      if (changed.length > 0) {
        this.#write({
          text: `UPDATE call_place AS c SET entries = q.entries FROM unnest($1::int8[], $2::int8[], $3::bytea[]) AS q (moment, no, entries)
            WHERE c.moment = q.moment AND c.no = q.no`,
          values: [
            int8s(changed.map(({ moment }) => moment)),
            int8s(changed.map(({ no }) => no)),
            byteas(changed.map(({ kept }) => kept)),
          ],
        });
      }
      yield;
    }
  }

  #rows(text: string, values: Statement['values'] = []): readonly Row[] {
    return this.#session.run([{ text, values }])[0]!.rows;
  }

  #write(statement: Statement): void {
    this.#session.run([{ text: 'BEGIN' }, statement, this.#fence(), { text: 'COMMIT' }]);
  }
}

/** Less than every moment, and greater. */
const LEAST = -(2n ** 62n);
const GREATEST = 2n ** 62n;

function textOfKey(key: Buffer): string {
  return key.toString('latin1');
}
