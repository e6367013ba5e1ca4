import type { ErasedChunk } from '../../engine/erasing.js';
import type { SeenClock } from '../../engine/retention-limits.js';
import { CONTENT_VERSION, KEPT_SCHEMA_NAME } from '../schema.js';
import { byteas, int8s, type Statement, type SyncSession, utf8 } from '../statement.js';

/** Keys in `setting`, as those in `meta` of a data directory. */
const SEEN = 'retention_seen_ns';
const HELD_UNTIL = 'retention_held_until_ns';
/** With the number of a project. */
const CONTENT_UNTIL = 'retention_content_until_ns:';
const CONTENT_BLOCK = 'retention_content_block';

const TABLE = `${KEPT_SCHEMA_NAME}.retention_chunk`;

/**
 * What retention keeps: chunks that are to leave the log, each under the set of rows (row-sets.ts) that its session has
 * left. They are listed in the transaction in which it leaves, so the list is true of that set, and void for others.
 */
export class RetentionTables {
  readonly #session: SyncSession;
  readonly #fence: () => Statement;

  /** `session` and `fence` as for `ErasureTables`. */
  constructor(session: SyncSession, fence: () => Statement) {
    this.#session = session;
    this.#fence = fence;
  }

  /** Lists chunks of sessions that leave a set of rows, in the transaction that this is part of. */
  list(rows: number, chunks: readonly ErasedChunk[]): Statement {
    return {
      text: `INSERT INTO retention_chunk (rows, block, start) SELECT $1::int4, * FROM unnest($2::int8[], $3::int8[])
        ON CONFLICT DO NOTHING`,
      values: [rows, int8s(chunks.map(({ block }) => block)), int8s(chunks.map(({ offset }) => offset))],
    };
  }

  /** Programs that know no records without their content refuse the database, in the transaction that this is part of. */
  refuseEarlier(): Statement {
    return {
      text: `UPDATE setting SET value = $1 WHERE key = 'safe_version' AND value::int4 < $1::int4`,
      values: [String(CONTENT_VERSION)],
    };
  }

  /** Notes up to which last activity messages of projects have lost their content, and up to which block. */
  contentGone(untilNs: ReadonlyMap<number, bigint>, block: number): void {
    const times = [...untilNs].flatMap(([project, ns]) => setting(CONTENT_UNTIL + project, ns));
    this.#write(...times, ...setting(CONTENT_BLOCK, BigInt(block)));
  }

  /** What `contentGone` noted. */
  get contents(): GoneContents {
    return readContents(this.#session);
  }

  /** Deletes what the operator decided about sessions that are gone, in the transaction that this is part of. */
  forgetInvalidations(project: number, sessions: readonly string[]): Statement {
    return {
      text: 'DELETE FROM invalidation WHERE project = $1::int4 AND session = ANY($2::bytea[])',
      values: [project, byteas(sessions.map(utf8))],
    };
  }

  /** Deletes what is listed for other sets of rows. */
  keepOnly(rows: number): void {
    this.#write({ text: `DELETE FROM ${TABLE} WHERE rows <> $1::int4`, values: [rows] });
  }

  /** Lists what is listed for this set of rows also, which does not have its sessions either. */
  listFor(rows: number): void {
    this.#write({
      text: `INSERT INTO ${TABLE} (rows, block, start) SELECT DISTINCT $1::int4, block, start FROM ${TABLE}
        ON CONFLICT DO NOTHING`,
      values: [rows],
    });
  }

  /** The offsets of listed chunks, by the numbers of their blocks: of so many blocks, without those of `except`. */
  some(blocks: number, except: Iterable<number>): Map<number, Set<number>> {
    const [found] = this.#session.run([
      {
        name: 'retention_chunks',
        text: `SELECT block, start FROM ${TABLE}
          WHERE block IN (
            SELECT DISTINCT block FROM ${TABLE} WHERE block <> ALL($2::int8[]) ORDER BY block LIMIT $1::int4
          )`,
        values: [blocks, int8s([...except])],
      },
    ]);
    const chunks = new Map<number, Set<number>>();
    for (const [block, start] of found!.rows as [bigint, bigint][]) {
      const offsets = chunks.get(Number(block));
      if (offsets === undefined) chunks.set(Number(block), new Set([Number(start)]));
      else offsets.add(Number(start));
    }
    return chunks;
  }

  /** Deletes what is listed of these blocks, in the transaction that this is part of. */
  done(blocks: Iterable<number>): Statement {
    return { text: `DELETE FROM ${TABLE} WHERE block = ANY($1::int8[])`, values: [int8s([...blocks])] };
  }

  get clock(): SeenClock {
    return readClock(this.#session);
  }

  set clock(clock: SeenClock) {
    const { seenNs, heldUntilNs } = this.clock;
    if (clock.seenNs === seenNs && clock.heldUntilNs === heldUntilNs) return;
    this.#write(...setting(SEEN, clock.seenNs), ...setting(HELD_UNTIL, clock.heldUntilNs));
  }

  #write(...statements: Statement[]): void {
    this.#session.run([{ text: 'BEGIN' }, ...statements, this.#fence(), { text: 'COMMIT' }]);
  }
}

export interface GoneContents {
  /** Up to which last activity messages of a project have lost their content, ns since 1970. */
  untilNs(project: number): bigint | undefined;
  /** Up to which block late records were looked for, of sessions whose messages have lost their content. */
  readonly block: number;
}

export function readContents(session: SyncSession): GoneContents {
  const [found] = session.run([
    {
      text: `SELECT key, value FROM ${KEPT_SCHEMA_NAME}.setting WHERE key = $1 OR key LIKE $2`,
      values: [CONTENT_BLOCK, `${CONTENT_UNTIL}%`],
    },
  ]);
  const values = new Map(found!.rows as [string, string][]);
  return {
    untilNs: (project) => {
      const text = values.get(CONTENT_UNTIL + project);
      return text === undefined ? undefined : BigInt(text);
    },
    block: Number(values.get(CONTENT_BLOCK) ?? 0),
  };
}

/** What is remembered of the clock. */
export function readClock(session: SyncSession): SeenClock {
  const [found] = session.run([
    {
      text: `SELECT key, value FROM ${KEPT_SCHEMA_NAME}.setting WHERE key IN ($1, $2)`,
      values: [SEEN, HELD_UNTIL],
    },
  ]);
  const values = new Map(found!.rows as [string, string][]);
  const time = (key: string): bigint | undefined => {
    const text = values.get(key);
    return text === undefined ? undefined : BigInt(text);
  };
  return { seenNs: time(SEEN), heldUntilNs: time(HELD_UNTIL) };
}

function setting(key: string, ns: bigint | undefined): Statement[] {
  const remove = { text: `DELETE FROM ${KEPT_SCHEMA_NAME}.setting WHERE key = $1`, values: [key] };
  if (ns === undefined) return [remove];
  return [
    remove,
    {
      text: `INSERT INTO ${KEPT_SCHEMA_NAME}.setting (key, value) VALUES ($1, $2)`,
      values: [key, String(ns)],
    },
  ];
}
