import { Buffer } from 'node:buffer';
import type { Piece } from '../../sessionize/by-user.js';
import type { ByteString } from '../../sessionize/records.js';
import { EventsNear } from '../engine/event-places.js';
import { FacetKind } from '../engine/facets.js';
import type {
  CallPlacesRow,
  EventRange,
  GroupRange,
  GroupRow,
  KnownMoment,
  PieceRange,
  Reads,
  SessionRef,
  SessionRow,
  UserPartRow,
  UserRef,
} from '../read/reads.js';
import { TRACE_KEY_BYTES } from '../records/group-keys.js';
import { GroupKind } from '../records/group-kinds.js';
import type { BlockSource } from '../records/log.js';
import { Listing, type Prepare } from './database.js';

/** The reads of one session as statements. Numbers come as BigInts (`prepare` says so). Each is answered at once. */
export class SqliteSessionReads implements Reads {
  readonly #prepare: Prepare;
  readonly #blocks: BlockSource;
  readonly #projects = new Map<string, number>();

  constructor(prepare: Prepare, blocks: BlockSource) {
    this.#prepare = prepare;
    this.#blocks = blocks;
  }

  async version(): Promise<number> {
    // Another number after each commit of the writer.
    return Number(this.#prepare('PRAGMA data_version').get()!.data_version);
  }

  async settings(): Promise<number> {
    return Number(this.#prepare(`SELECT value FROM meta WHERE key = 'settings_number'`).get()?.value ?? 0);
  }

  async project(name: string): Promise<number | undefined> {
    return this.projectNo(name);
  }

  /** The same for who cannot wait. */
  projectNo(name: string): number | undefined {
    const known = this.#projects.get(name);
    if (known !== undefined) return known;
    const row = this.#prepare('SELECT no FROM project WHERE name = ?').get(name);
    if (row === undefined) return undefined;
    this.#projects.set(name, Number(row.no));
    return Number(row.no);
  }

  async session(project: number, id: string): Promise<SessionRow | undefined> {
    const row = this.#prepare(
      'SELECT no, invalidated, listing, settings, sums, earliest FROM session WHERE project = ? AND id = ?',
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
      }
    );
  }

  async successors(project: number, id: string, limit: number): Promise<string[]> {
    return this.#prepare(
      `SELECT f.id FROM facet_value AS v JOIN session_facet AS f ON f.facet = v.no
       WHERE v.project = ? AND v.kind = ${FacetKind.previous} AND v.value = ? ORDER BY f.start_ns, f.id LIMIT ?`,
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
      const condition = kind.only === undefined ? '' : `AND ${EVENT_CONDITIONS[kind.only]}`;
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

  async places(project: number, keys: readonly ByteString[]): Promise<(Uint8Array | undefined)[]> {
    const select = this.#prepare('SELECT places FROM record_group WHERE project = ? AND key = ?');
    return keys.map((key) => select.get(project, bytesOf(key))?.places as Uint8Array | undefined);
  }

  async blocks(ids: readonly number[]): Promise<Map<number, Buffer>> {
    return new Map(
      ids.map((id) => {
        const block = this.#blocks.read(id);
        if (block === undefined) throw new Error(`block ${id} is missing from the data directory`);
        return [id, block.bytes];
      }),
    );
  }

  async callPlaces(moments: readonly KnownMoment[]): Promise<CallPlacesRow[]> {
    const select = this.#prepare('SELECT entries FROM call_place WHERE moment = ? AND no >= ? ORDER BY no');
    return moments.flatMap(({ moment, rows }) =>
      select.all(moment, rows).map((row) => ({ moment, entries: row.entries as Uint8Array })),
    );
  }

  async userPart(project: number, trace: ByteString): Promise<UserPartRow | undefined> {
    const row = this.#prepare('SELECT user, start_ns FROM user_trace WHERE project = ? AND key = ?').get(
      project,
      bytesOf(trace),
    );
    return row && { user: row.user as string, startNs: row.start_ns as bigint };
  }

  async isHourApart({ project, user }: UserRef, hour: bigint): Promise<boolean> {
    const select = `SELECT 1 FROM user_hour WHERE ${OF_USER} AND hour = ? AND apart = 1`;
    return this.#prepare(select).get(project, user, hour) !== undefined;
  }

  async userPieces({ project, user }: UserRef, { from, side, limit }: PieceRange): Promise<Piece[]> {
    const [beyond, order] = PIECE_SIDES[side];
    return this.#prepare(
      `SELECT start_ns, key, end_ns, traces, joined FROM user_piece WHERE ${OF_USER} AND (start_ns, key) ${beyond} (?, ?)
       ORDER BY start_ns ${order}, key ${order} LIMIT ?`,
    )
      .all(project, user, from.startNs, bytesOf(from.key), limit)
      .map((row) => ({
        key: keyOf(row.key as Uint8Array),
        startNs: row.start_ns as bigint,
        endNs: row.end_ns as bigint,
        traces: Number(row.traces),
        isJoined: row.joined === 1n,
      }));
  }
}

/** The groups of a session that records of it are in. */
const RECORD_KINDS = [GroupKind.trace, GroupKind.logs] as const;

const EVENT_CONDITIONS = {
  untraced: `length(key) > ${TRACE_KEY_BYTES}`,
  logs: `events & ${EventsNear.logs}`,
  spanEvents: `events & ${EventsNear.spanEvents}`,
} as const;

const OF_USER = 'project = ? AND user = ?';

const PIECE_SIDES = { upTo: ['<=', 'DESC'], before: ['<', 'DESC'], behind: ['>', 'ASC'] } as const;

function groupRow(row: Readonly<Record<string, unknown>>): GroupRow {
  return {
    startNs: row.start_ns as bigint,
    key: keyOf(row.key as Uint8Array),
    places: row.places as Uint8Array,
  };
}

function keyOf(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function bytesOf(key: ByteString): Buffer {
  return Buffer.from(key, 'latin1');
}
