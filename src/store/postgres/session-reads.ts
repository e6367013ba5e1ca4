import { Buffer } from 'node:buffer';
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
import { TRACE_KEY_BYTES } from '../records/group-keys.js';
import { bytesOf, keyOf } from '../records/key-bytes.js';
import { DamagedBlockError, type StoredBlock } from '../records/log.js';
import { BLOCK_COLUMNS, decodeBlock } from './block-row.js';
import {
  ask,
  callPlacesQuery,
  marksQuery,
  placesQuery,
  userHoursQuery,
  userTracesQuery,
} from './load-queries.js';
import type { Moment } from './snapshots.js';
import { byteas, int4s, int8s, type Row, type Statement, textOf, utf8, type Value } from './statement.js';

/** What never changes in one set of rows, and is kept from one snapshot to the next. */
export class KeptRows {
  /** Another number for each set that a reader goes over to. */
  readonly set: number;
  readonly projects = new Map<string, number>();
  callSalt: Uint8Array | undefined;

  constructor(set = 0) {
    this.set = set;
  }
}

/** The reads of one session as statements, in one transaction. */
export class PostgresSessionReads implements Reads {
  readonly #moment: Moment;
  readonly #kept: KeptRows;

  constructor(moment: Moment, kept: KeptRows) {
    this.#moment = moment;
    this.#kept = kept;
  }

  async version(): Promise<number> {
    const { version } = await this.#moment.versions;
    return this.#kept.set * 2 ** 32 + version;
  }

  async settings(): Promise<number> {
    return (await this.#moment.versions).settings;
  }

  async callSalt(): Promise<Uint8Array> {
    if (this.#kept.callSalt === undefined) {
      const [row] = await this.#rows({
        name: 'read_call_salt',
        text: `SELECT value FROM meta WHERE key = 'call_salt'`,
      });
      this.#kept.callSalt = Buffer.from(row![0] as string, 'hex');
    }
    return this.#kept.callSalt;
  }

  async project(name: string): Promise<number | undefined> {
    const known = this.#kept.projects.get(name);
    if (known !== undefined) return known;
    const [row] = await this.#rows({
      name: 'read_project',
      text: 'SELECT no FROM project WHERE name = $1',
      values: [utf8(name)],
    });
    if (row === undefined) return undefined;
    const no = row[0] as number;
    this.#kept.projects.set(name, no);
    return no;
  }

  async projects(): Promise<string[]> {
    const rows = await this.#rows({ name: 'read_projects', text: 'SELECT name FROM project ORDER BY name' });
    return rows.map(([name]) => textOf(name));
  }

  async session(project: number, id: string): Promise<SessionRow | undefined> {
    const [row] = await this.#rows({
      name: 'read_session',
      text: `SELECT no, invalidated, listing, settings, sums, earliest, traits FROM session JOIN session_state USING (no)
        WHERE project = $1 AND id = $2`,
      values: [project, utf8(id)],
    });
    if (row === undefined) return undefined;
    const [no, invalidated, listing, settings, sums, earliest, traits] = row;
    return {
      project,
      no: Number(no),
      id,
      invalidated: invalidated as boolean,
      isListed: listing !== Listing.hidden,
      settings: settings as number,
      sums: sums as string,
      earliest: earliest as string,
      traits: traits as string,
    };
  }

  async marks({ no }: SessionRef): Promise<Uint8Array[]> {
    const [marks] = await ask(this.#moment.session, marksQuery([no]));
    return marks!;
  }

  async successors(project: number, id: string, limit: number): Promise<string[]> {
    const rows = await this.#rows({
      name: 'read_successors',
      text: `SELECT s.id FROM facet_value AS v JOIN session_facet AS f ON f.facet = v.no JOIN session AS s ON s.no = f.session
        WHERE v.project = $1 AND v.kind = ${FacetKind.previous} AND v.value = $2 ORDER BY f.start_ns, s.id LIMIT $3`,
      values: [project, utf8(id), limit],
    });
    return rows.map(([session]) => textOf(session));
  }

  async groups(session: SessionRef, range: GroupRange): Promise<GroupRow[]> {
    const { of, from, isFromIncluded, direction, limit } = range;
    const isForward = direction === 'forward';
    const beyond = `${isForward ? '>' : '<'}${isFromIncluded === true ? '=' : ''}`;
    const order = isForward ? 'ASC' : 'DESC';
    const groups = firstGroups(
      of === 'spans' ? [GroupKind.trace] : RECORD_KINDS,
      from === undefined ? '' : `AND (start_ns, key) ${beyond} ($4, $5)`,
      order,
    );
    const rows = await this.#rows({
      name: `read_groups ${of} ${from === undefined ? 'all' : beyond} ${order}`,
      text: `SELECT g.start_ns, g.key, r.places FROM ${groups} AS g JOIN record_group AS r ON r.project = $3 AND r.key = g.key
        ORDER BY g.start_ns ${order}, g.key ${order}`,
      values: [
        session.no,
        limit,
        session.project,
        ...(from === undefined ? [] : [from.startNs, bytesOf(from.key)]),
      ],
    });
    return rows.map(groupRow);
  }

  async groupVersions({ project, no }: SessionRef, suffix: string, limit: number): Promise<string> {
    const [row] = await this.#rows({
      name: 'read_group_versions',
      text: `SELECT string_agg(g.start_ns || ' ' || upper(encode(g.key, 'hex') || encode(r.places, 'hex')) || $4::text || chr(10), ''
          ORDER BY g.start_ns, g.key)
        FROM ${firstGroups(RECORD_KINDS, '', 'ASC')} AS g JOIN record_group AS r ON r.project = $3 AND r.key = g.key`,
      values: [no, limit, project, suffix],
    });
    return (row?.[0] as string | null | undefined) ?? '';
  }

  async eventGroups({ project, no }: SessionRef, ranges: readonly EventRange[]): Promise<GroupRow[][]> {
    const answers = ranges.map((): GroupRow[] => []);
    const places = ranges.map((range, at) => ({ range, at }));
    for (const direction of ['forward', 'backward'] as const) {
      const some = places.filter(({ range }) => range.direction === direction);
      if (some.length === 0) continue;
      const rows = await this.#rows({
        ...EVENT_GROUPS[direction],
        values: [project, no, ...eventValues(some.map(({ range }) => range))],
      });
      for (const [at, ...row] of rows) answers[some[Number(at) - 1]!.at]!.push(groupRow(row));
    }
    return answers;
  }

  places(groups: readonly GroupKey[]): Promise<(Uint8Array | undefined)[]> {
    return ask(this.#moment.session, placesQuery(groups));
  }

  async lastBlock(): Promise<number> {
    const keys = `'${STATE_KEYS.foldedBlock}', '${STATE_KEYS.namedBlock}'`;
    const [row] = await this.#rows({
      name: 'read_last_block',
      text: `SELECT max(value::int8) FROM meta WHERE key IN (${keys})`,
    });
    return Number(row?.[0] ?? 0);
  }

  async storedBlocks(ids: readonly number[]): Promise<StoredBlock[]> {
    const rows = await this.#rows({
      name: 'read_stored_blocks',
      text: `SELECT ${BLOCK_COLUMNS} FROM log_block WHERE number = ANY($1::int8[]) ORDER BY number`,
      values: [int8s(ids)],
    });
    return rows.flatMap((row) => {
      try {
        return [decodeBlock(row)];
      } catch (error) {
        if (error instanceof DamagedBlockError) return [];
        throw error;
      }
    });
  }

  async blocks(ids: readonly number[]): Promise<Map<number, Buffer>> {
    const rows = await this.#rows({
      name: 'read_blocks',
      text: `SELECT ${BLOCK_COLUMNS} FROM log_block WHERE number = ANY($1::int8[]) AND number IS NOT NULL`,
      values: [int8s(ids)],
    });
    const blocks = new Map(rows.map(decodeBlock).map(({ id, bytes }) => [id, bytes]));
    for (const id of ids) {
      if (!blocks.has(id)) throw new DamagedBlockError(`block ${id} is missing from table log_block`);
    }
    return blocks;
  }

  callPlaces(ranges: readonly MomentRange[]): Promise<Uint8Array[][]> {
    return ask(this.#moment.session, callPlacesQuery(ranges));
  }

  userTraces(traces: readonly GroupKey[]): Promise<(UserPart | undefined)[]> {
    return ask(this.#moment.session, userTracesQuery(traces));
  }

  userHours(ranges: readonly UserHourRange[]): Promise<UserHours[]> {
    return ask(this.#moment.session, userHoursQuery(ranges));
  }

  async #rows(statement: Statement): Promise<readonly Row[]> {
    const { rows } = await this.#moment.session.run(statement);
    return rows;
  }
}

/** The groups of a session that records of it are in. */
const RECORD_KINDS = [GroupKind.trace, GroupKind.logs] as const;

/** The first $2 groups of the session $1, of these kinds: of each kind as many, in order, which are then merged. */
function firstGroups(kinds: readonly number[], condition: string, order: 'ASC' | 'DESC'): string {
  const first = `ORDER BY start_ns ${order}, key ${order} LIMIT $2`;
  const parts = kinds.map(
    (kind) =>
      `(SELECT start_ns, key FROM session_group WHERE session = $1 AND kind = ${kind} ${condition} ${first})`,
  );
  return parts.length === 1 ? parts[0]! : `(${parts.join(' UNION ALL ')} ${first})`;
}

/** The groups of several ranges, each with its place among them. */
const EVENT_GROUPS = {
  forward: eventGroups('read_event_groups_forward', '>', 'ASC'),
  backward: eventGroups('read_event_groups_backward', '<', 'DESC'),
};

function eventGroups(name: string, beyond: '>' | '<', order: 'ASC' | 'DESC'): Statement {
  return {
    name,
    text: `SELECT q.at, g.start_ns, g.key, r.places
      FROM unnest($3::int4[], $4::int8[], $5::bytea[], $6::int4[], $7::int4[], $8::int8[])
        WITH ORDINALITY AS q (kind, start_ns, key, near, longer_than, most, at)
      CROSS JOIN LATERAL (
        SELECT start_ns, key FROM session_group
        WHERE session = $2 AND kind = q.kind AND (start_ns, key) ${beyond} (q.start_ns, q.key)
          AND (q.near IS NULL OR events & q.near <> 0) AND length(key) > q.longer_than
        ORDER BY start_ns ${order}, key ${order} LIMIT q.most
      ) AS g
      JOIN record_group AS r ON r.project = $1 AND r.key = g.key
      ORDER BY q.at, g.start_ns ${order}, g.key ${order}`,
  };
}

/** Before and after all keys of groups. */
const FIRST_KEY = Buffer.alloc(0);
const LAST_KEY = Buffer.alloc(2 * TRACE_KEY_BYTES, 0xff);

function eventValues(ranges: readonly EventRange[]): Value[] {
  return [
    int4s(ranges.map(({ kind }) => kind.kind)),
    int8s(ranges.map(({ from }) => from.startNs)),
    byteas(
      ranges.map(({ from, direction }) => {
        if (from.key !== undefined) return bytesOf(from.key);
        return direction === 'forward' ? FIRST_KEY : LAST_KEY;
      }),
    ),
    int4s(ranges.map(({ kind: { rows } }) => (rows !== undefined && 'near' in rows ? rows.near : null))),
    int4s(
      ranges.map(({ kind: { rows } }) => (rows !== undefined && 'without' in rows ? TRACE_KEY_BYTES : 0)),
    ),
    int8s(ranges.map(({ limit }) => limit)),
  ];
}

function groupRow([startNs, key, places]: Row): GroupRow {
  return { startNs: startNs as bigint, key: keyOf(key as Buffer), places: places as Buffer };
}
