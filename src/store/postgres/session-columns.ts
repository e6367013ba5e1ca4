import type { Buffer } from 'node:buffer';
import { Listing } from '../contract/listing.js';
import type { ChangeSet } from '../engine/changes.js';
import { CHUNK_SESSIONS } from '../search/columns/bits.js';
import { COLUMNS_FORMAT } from '../search/columns/chunk.js';
import { type PackedChunk, type PackedRow, packRows } from '../search/columns/pack-rows.js';
import { changedNumbers, QuietChunks } from '../search/columns/quiet-chunks.js';
import { forRows } from './apply-rows.js';
import {
  byteas,
  int4s,
  int8s,
  type Row,
  type Statement,
  type SyncSession,
  textOf,
  utf8,
} from './statement.js';

/** Key in `meta` of a number that grows with each packed chunk, so that readers can keep their list of chunks. */
export const COLUMNS_VERSION = 'columns_version';

const INSERT_LOOSE = 'INSERT INTO loose_session (no) SELECT * FROM unnest($1::int8[]) ON CONFLICT DO NOTHING';

const SELECT_SESSIONS = `
  SELECT s.no, s.project, s.id, s.start_ns, s.last_ns, s.listing, s.invalidated, s.country, s.user_id, s.cost_nano_usd,
    t.sums, t.earliest, s.traits
  FROM session AS s JOIN session_state AS t USING (no)
  WHERE s.no BETWEEN $1::int8 AND $2::int8 AND s.listing <> ${Listing.hidden} ORDER BY s.no`;

const DELETE_PARTS = `
  DELETE FROM chunk_part AS p USING chunk_head AS h
  WHERE h.chunk = $1::int4 AND p.project = h.project AND p.chunk = h.chunk`;

const INSERT_HEADS = `
  INSERT INTO chunk_head (project, chunk, least_start_ns, greatest_start_ns, greatest_last_ns, greatest_duration_ns,
    greatest_cost_nano_usd)
  SELECT * FROM unnest($1::int4[], $2::int4[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])`;

const INSERT_PARTS = `
  INSERT INTO chunk_part (project, part, chunk, data) SELECT * FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::bytea[])`;

const PUT_CHUNK = `
  INSERT INTO session_chunk (no, format) VALUES ($1::int4, ${COLUMNS_FORMAT})
  ON CONFLICT (no) DO UPDATE SET format = excluded.format`;

const RAISE_VERSION = `
  INSERT INTO meta AS m (key, value) VALUES ('${COLUMNS_VERSION}', '1')
  ON CONFLICT (key) DO UPDATE SET value = (m.value::int8 + 1)::text`;

/** Users without a number get one: only the holder of the lease gives them. */
const NUMBER_USERS = `
  WITH asked AS (SELECT user_id FROM unnest($2::bytea[]) AS q (user_id)),
    known AS (SELECT u.no, u.user_id FROM asked AS q JOIN chunk_user AS u ON u.project = $1::int4 AND u.user_id = q.user_id),
    added AS (
      INSERT INTO chunk_user (project, user_id)
      SELECT $1::int4, user_id FROM asked AS q WHERE NOT EXISTS (SELECT 1 FROM known AS k WHERE k.user_id = q.user_id)
      RETURNING no, user_id
    )
  SELECT no, user_id FROM known UNION ALL SELECT no, user_id FROM added`;

/**
 * The writing side of sessions by columns (docs/decisions/010-filtered-statistics.md), of the process that
 * folds. What changes sessions of packed chunks notes in the same transaction that they are loose.
 */
export class SessionColumns {
  readonly #session: SyncSession;
  readonly #fence: () => Statement;
  readonly #chunks = new QuietChunks();
  #isLoaded = false;

  /** `fence` is run last before each commit: it raises an error if this process may not write any more. */
  constructor(session: SyncSession, fence: () => Statement) {
    this.#session = session;
    this.#fence = fence;
  }

  /** Must be called after a rollback: which chunks are packed is read from the tables again. */
  forget(): void {
    this.#isLoaded = false;
  }

  /** What the transaction that writes a change set has to run besides. @throws DatabaseError */
  changed(changes: ChangeSet): Statement[] {
    const numbers = [...changedNumbers(changes)];
    if (numbers.length === 0) return [];
    this.#load();
    return insertLoose(numbers.filter((no) => this.#chunks.changed(no)));
  }

  /** Must be called once a second. Decides which chunks are quiet. @throws DatabaseError */
  sweep(): void {
    this.#load();
    this.#chunks.sweep(() => this.#last());
  }

  /** Has all chunks packed that are not, or whose sessions have changed. @throws DatabaseError */
  hurry(): void {
    this.#load();
    this.#chunks.hurry(this.#last());
  }

  /** Whether there is a chunk to pack. */
  get isDue(): boolean {
    return this.#chunks.isDue;
  }

  /** Packs the next chunk that is due, in a transaction of its own. Takes some 50 ms. @throws DatabaseError */
  packNext(): void {
    const chunk = this.#chunks.next();
    if (chunk !== undefined) this.pack(chunk);
  }

  /** Packs a chunk from the current rows of its sessions, in a transaction of its own. @throws DatabaseError */
  pack(chunk: number): void {
    this.#load();
    const range = [chunk * CHUNK_SESSIONS, (chunk + 1) * CHUNK_SESSIONS - 1];
    try {
      const [, found] = this.#session.run([
        { text: 'BEGIN' },
        { name: 'chunk_sessions', text: SELECT_SESSIONS, values: range },
      ]);
      const packed = packRows(chunk, found!.rows.map(packedRow), (project, users) =>
        this.#numbersOfUsers(project, users),
      );
      this.#session.run([
        { name: 'delete_chunk_parts', text: DELETE_PARTS, values: [chunk] },
        {
          name: 'delete_chunk_heads',
          text: 'DELETE FROM chunk_head WHERE chunk = $1::int4',
          values: [chunk],
        },
        {
          name: 'delete_loose',
          text: 'DELETE FROM loose_session WHERE no BETWEEN $1::int8 AND $2::int8',
          values: range,
        },
        ...insertLoose(packed.unfit),
        ...insertProjects(packed),
        { name: 'put_chunk', text: PUT_CHUNK, values: [chunk] },
        { name: 'raise_columns_version', text: RAISE_VERSION },
        this.#fence(),
        { text: 'COMMIT' },
      ]);
      this.#chunks.packed(chunk, packed.unfit);
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  #rollBack(): void {
    this.forget();
    try {
      // Outside of a transaction, where an error has ended it already, this does nothing.
      this.#session.run([{ text: 'ROLLBACK' }]);
    } catch {
      // The connection has failed, and its transaction with it.
    }
  }

  #load(): void {
    if (this.#isLoaded) return;
    const [chunks, loose] = this.#session.run([
      { text: 'SELECT no, format FROM session_chunk' },
      { text: 'SELECT no FROM loose_session' },
    ]);
    this.#chunks.load(
      (chunks!.rows as [number, number][]).map(([no, format]) => ({ no, format })),
      (loose!.rows as [bigint][]).map(([no]) => Number(no)),
    );
    this.#isLoaded = true;
  }

  #last(): number | undefined {
    const [found] = this.#session.run([{ text: 'SELECT max(no) FROM session' }]);
    const last = found!.rows[0]![0] as bigint | null;
    return last === null ? undefined : Number(last);
  }

  #numbersOfUsers(project: number, users: ReadonlySet<string>): ReadonlyMap<string, number> {
    if (users.size === 0) return new Map();
    // Texts that are not well-formed may share their bytes.
    const stored = new Map([...users].map((user) => [user, textOf(utf8(user))]));
    const [found] = this.#session.run([
      {
        name: 'number_chunk_users',
        text: NUMBER_USERS,
        values: [project, byteas([...new Set(stored.values())].map(utf8))],
      },
    ]);
    const numbers = new Map(found!.rows.map(([no, user]) => [textOf(user), no as number]));
    return new Map([...stored].map(([user, text]) => [user, numbers.get(text)!]));
  }
}

function insertLoose(numbers: readonly number[]): Statement[] {
  return forRows('insert_loose', INSERT_LOOSE, numbers, (all) => [int8s(all)]);
}

function insertProjects({ projects }: PackedChunk): Statement[] {
  const parts = projects.flatMap(({ project, head, parts }) =>
    [...parts].map(([part, bytes]) => ({ project, chunk: head.chunk, part, bytes })),
  );
  return [
    ...forRows('insert_chunk_heads', INSERT_HEADS, projects, (all) => [
      int4s(all.map(({ project }) => project)),
      int4s(all.map(({ head }) => head.chunk)),
      int8s(all.map(({ head }) => head.leastStartNs)),
      int8s(all.map(({ head }) => head.greatestStartNs)),
      int8s(all.map(({ head }) => head.greatestLastNs)),
      int8s(all.map(({ head }) => head.greatestDurationNs)),
      int8s(all.map(({ head }) => head.greatestCostNanoUsd ?? null)),
    ]),
    ...forRows('insert_chunk_parts', INSERT_PARTS, parts, (all) => [
      int4s(all.map(({ project }) => project)),
      int4s(all.map(({ part }) => part)),
      int4s(all.map(({ chunk }) => chunk)),
      byteas(all.map(({ bytes }) => bytes)),
    ]),
  ];
}

function packedRow([
  no,
  project,
  id,
  startNs,
  lastNs,
  listing,
  invalidated,
  country,
  userId,
  cost,
  sums,
  earliest,
  traits,
]: Row): PackedRow {
  return {
    no: Number(no),
    project: project as number,
    id: textOf(id),
    startNs: startNs as bigint,
    lastNs: lastNs as bigint,
    listing: listing as number,
    invalidated: invalidated as boolean,
    country: textOrNull(country as Buffer | null),
    userId: textOrNull(userId as Buffer | null),
    costNanoUsd: cost as bigint | null,
    sums: sums as string,
    earliest: earliest as string,
    traits: traits as string,
  };
}

function textOrNull(bytes: Buffer | null): string | null {
  return bytes === null ? null : textOf(bytes);
}
