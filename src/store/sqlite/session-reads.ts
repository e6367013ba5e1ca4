import type { UserPart } from '../../sessionize/by-user.js';
import { Listing } from '../contract/listing.js';
import { FacetKind } from '../engine/facets.js';
import type { GroupKey, MomentRange, UserHourRange } from '../engine/loads.js';
import { GroupKind } from '../engine/row-values.js';
import { STATE_KEYS } from '../engine/state-keys.js';
import type {
  EventRange,
  GroupRange,
  GroupRow,
  Reads,
  SessionRef,
  SessionRow,
  UserHours,
} from '../read/reads.js';
import { bytesOf, keyOf } from '../records/key-bytes.js';
import { type BlockSource, DamagedBlockError, type StoredBlock } from '../records/log.js';
import type { Prepare } from './database.js';
import { conditionOf } from './event-conditions.js';
import type { SqliteLoads } from './load.js';

/**
 * The reads of one session as statements. Integers are BigInts (see `prepare`). Statements run synchronously.
 */
export class SqliteSessionReads implements Reads {
  readonly #prepare: Prepare;
  readonly #blocks: BlockSource;
  readonly #loads: SqliteLoads;
  readonly #projects = new Map<string, number>();
  readonly #file: number;

  /**
   * `loads` also answers the requests of the engine's plans. `file` must be different for each file that a
   * reader opens.
   */
  constructor(prepare: Prepare, loads: SqliteLoads, blocks: BlockSource, file = 0) {
    this.#prepare = prepare;
    this.#loads = loads;
    this.#blocks = blocks;
    this.#file = file;
  }

  async version(): Promise<number> {
    // A 32-bit number that changes with each commit of the writer.
    return this.#file * 2 ** 32 + Number(this.#prepare('PRAGMA data_version').get()!.data_version);
  }

  async settings(): Promise<number> {
    return Number(this.#prepare(`SELECT value FROM meta WHERE key = 'settings_number'`).get()?.value ?? 0);
  }

  async callSalt(): Promise<Uint8Array> {
    return this.#loads.callSalt();
  }

  async project(name: string): Promise<number | undefined> {
    return this.projectNo(name);
  }

  /** Like `project`, but synchronous. */
  projectNo(name: string): number | undefined {
    const known = this.#projects.get(name);
    if (known !== undefined) return known;
    const row = this.#prepare('SELECT no FROM project WHERE name = ?').get(name);
    if (row === undefined) return undefined;
    this.#projects.set(name, Number(row.no));
    return Number(row.no);
  }

  async projects(): Promise<string[]> {
    return this.#prepare('SELECT name FROM project ORDER BY name')
      .all()
      .map(({ name }) => String(name));
  }

  async session(project: number, id: string): Promise<SessionRow | undefined> {
    const row = this.#prepare(
      'SELECT no, invalidated, listing, settings, sums, earliest, traits FROM session JOIN session_state USING (no) WHERE project = ? AND id = ?',
    ).get(project, id);
    return (
      row && {
        project,
        no: Number(row.no),
        id,
        invalidated: row.invalidated !== 0n,
        isListed: Number(row.listing) !== Listing.hidden,
        settings: Number(row.settings),
        sums: row.sums as string,
        earliest: row.earliest as string,
        traits: row.traits as string,
      }
    );
  }

  async marks({ no }: SessionRef): Promise<Uint8Array[]> {
    return this.#loads.marks([no])[0]!;
  }

  async successors(project: number, id: string, limit: number): Promise<string[]> {
    return this.#prepare(
      `SELECT s.id FROM facet_value AS v JOIN session_facet AS f ON f.facet = v.no JOIN session AS s ON s.no = f.session
       WHERE v.project = ? AND v.kind = ${FacetKind.previous} AND v.value = ? ORDER BY f.start_ns, s.id LIMIT ?`,
    )
      .all(project, id, limit)
      .map((row) => row.id as string);
  }

  async groups(
    { project, no }: SessionRef,
    { of, from, isFromIncluded, direction, limit }: GroupRange,
  ): Promise<GroupRow[]> {
    const isForward = direction === 'forward';
    const beyond = `${isForward ? '>' : '<'}${isFromIncluded === true ? '=' : ''}`;
    const order = isForward ? 'ASC' : 'DESC';
    const kinds = of === 'spans' ? [GroupKind.trace] : RECORD_KINDS;
    const range = kinds
      .map(
        (kind) =>
          `SELECT start_ns, key FROM session_group WHERE session = ? AND kind = ${kind}
           ${from === undefined ? '' : `AND (start_ns, key) ${beyond} (?, ?)`}`,
      )
      .join(' UNION ALL ');
    const values = kinds.flatMap(() => (from === undefined ? [no] : [no, from.startNs, bytesOf(from.key)]));
    return this.#prepare(
      `SELECT g.start_ns, g.key, r.places FROM (${range} ORDER BY start_ns ${order}, key ${order} LIMIT ?) AS g
       CROSS JOIN record_group AS r ON r.project = ? AND r.key = g.key ORDER BY g.start_ns ${order}, g.key ${order}`,
    )
      .all(...values, limit, project)
      .map(groupRow);
  }

  async groupVersions({ project, no }: SessionRef, suffix: string, limit: number): Promise<string> {
    const range = RECORD_KINDS.map(
      (kind) => `SELECT start_ns, key FROM session_group WHERE session = ? AND kind = ${kind}`,
    ).join(' UNION ALL ');
    const row = this.#prepare(
      `SELECT group_concat(start_ns || ' ' || hex(key) || hex(places) || ? || char(10), '') AS versions
       FROM (SELECT g.start_ns, g.key, r.places FROM (${range} ORDER BY start_ns, key LIMIT ?) AS g
             CROSS JOIN record_group AS r ON r.project = ? AND r.key = g.key ORDER BY g.start_ns, g.key)`,
    ).get(suffix, ...RECORD_KINDS.map(() => no), limit, project);
    return (row?.versions as string | null | undefined) ?? '';
  }

  async eventGroups({ project, no }: SessionRef, ranges: readonly EventRange[]): Promise<GroupRow[][]> {
    return ranges.map(({ kind, from, direction, limit }) => {
      const [beyond, order] = direction === 'forward' ? ['>', 'ASC'] : ['<', 'DESC'];
      const condition = kind.rows === undefined ? '' : `AND ${conditionOf(kind.rows)}`;
      const [begin, values] =
        from.key === undefined
          ? [`start_ns ${beyond}= ?`, [from.startNs]]
          : [`(start_ns, key) ${beyond} (?, ?)`, [from.startNs, bytesOf(from.key)]];
      return this.#prepare(
        `SELECT g.start_ns, g.key, r.places
         FROM (SELECT start_ns, key FROM session_group WHERE session = ? AND kind = ? AND ${begin} ${condition}
               ORDER BY start_ns ${order}, key ${order} LIMIT ?) AS g
         CROSS JOIN record_group AS r ON r.project = ? AND r.key = g.key ORDER BY g.start_ns ${order}, g.key ${order}`,
      )
        .all(no, kind.kind, ...values, limit, project)
        .map(groupRow);
    });
  }

  async places(groups: readonly GroupKey[]): Promise<(Uint8Array | undefined)[]> {
    return this.#loads.places(groups);
  }

  async lastBlock(): Promise<number> {
    const row = this.#prepare(
      `SELECT max(CAST(value AS INTEGER)) AS last FROM meta WHERE key IN ('${STATE_KEYS.foldedBlock}', '${STATE_KEYS.namedBlock}')`,
    ).get()!;
    return Number(row.last ?? 0);
  }

  async storedBlocks(ids: readonly number[]): Promise<StoredBlock[]> {
    return ids.flatMap((id) => readable(this.#blocks, id) ?? []);
  }

  async blocks(ids: readonly number[]): Promise<Map<number, Buffer>> {
    return new Map(
      ids.map((id) => {
        const block = this.#blocks.read(id);
        if (block === undefined)
          throw new DamagedBlockError(`block ${id} is missing from the data directory`);
        return [id, block.bytes];
      }),
    );
  }

  async callPlaces(ranges: readonly MomentRange[]): Promise<Uint8Array[][]> {
    return this.#loads.callPlaces(ranges);
  }

  async userTraces(traces: readonly GroupKey[]): Promise<(UserPart | undefined)[]> {
    return this.#loads.userTraces(traces);
  }

  async userHours(ranges: readonly UserHourRange[]): Promise<UserHours[]> {
    return this.#loads.userHours(ranges);
  }
}

/** The kinds of groups that hold records of a session. */
const RECORD_KINDS = [GroupKind.trace, GroupKind.logs] as const;

function groupRow(row: Readonly<Record<string, unknown>>): GroupRow {
  return {
    startNs: row.start_ns as bigint,
    key: keyOf(row.key as Uint8Array),
    places: row.places as Uint8Array,
  };
}

/** A block; undefined if it does not exist or is damaged. */
function readable(blocks: BlockSource, id: number): StoredBlock | undefined {
  try {
    return blocks.read(id);
  } catch (error) {
    if (error instanceof DamagedBlockError) return undefined;
    throw error;
  }
}
