import type { Buffer } from 'node:buffer';
import type { Normalizer } from '../../normalize/normalizer.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import { type ChunkPlace, decodePlaces, type RecordSource } from '../records/block.js';
import { GroupDecoder } from '../records/group-decoder.js';
import { traceOfKey } from '../records/group-keys.js';
import type { HeldGroup, HeldSpan } from '../records/held-records.js';
import type { GroupRow, Reads } from './reads.js';
import type { UserSessions } from './user-sessions.js';

/** A group that was read. */
export interface LoadedGroup<Row extends StoredGroupRow = StoredGroupRow> {
  readonly row: Row;
  /** All spans have their source loaded. */
  readonly group: HeldGroup;
  /** Sources of its log records, by id. */
  readonly logSources: ReadonlyMap<ByteString, RecordSource>;
}

type StoredGroupRow = Pick<GroupRow, 'key' | 'places'>;

/** What reading groups needs of a snapshot. */
export interface GroupMoment {
  readonly reads: Reads;
  readonly project: number;
  /** Undefined if traces are not grouped by user. */
  readonly users: UserSessions | undefined;
}

/** Memory for decompressed blocks, bytes. */
const KEPT_BYTES = 8 * 1024 * 1024;

/** Blocks that are read ahead together: at first, and at most. */
const FIRST_BLOCKS = 2;
const MOST_BLOCKS = 16;

/**
 * Reads groups from their blocks. Blocks never change, so recently read ones are kept from one snapshot to
 * the next.
 */
export class GroupLoader {
  readonly #decoder: GroupDecoder;
  readonly #checkpoint: () => void;
  /** The most recently used last. */
  readonly #blocks = new Map<number, Buffer>();
  #bytes = 0;

  /** `checkpoint` is called before each group and each chunk. If it throws, the reading ends. */
  constructor(normalizer: Normalizer, checkpoint: () => void) {
    this.#decoder = new GroupDecoder(normalizer);
    this.#checkpoint = checkpoint;
  }

  /**
   * The groups of these rows, in their order, without those that are not wanted, which are not decoded. A caller
   * that stops early has read only a few blocks ahead.
   */
  async *groups<Row extends StoredGroupRow>(
    moment: GroupMoment,
    rows: readonly Row[],
    isWanted?: (row: Row, places: readonly ChunkPlace[], blocks: ReadonlyMap<number, Buffer>) => boolean,
  ): AsyncGenerator<LoadedGroup<Row>> {
    const placesOf = new Map<Row, ChunkPlace[]>();
    let blocks = new Map<number, Buffer>();
    let ready = 0;
    let ahead = FIRST_BLOCKS;
    for (const [at, row] of rows.entries()) {
      if (at >= ready) {
        const needed = new Set<number>();
        for (; ready < rows.length && (needed.size < ahead || ready === at); ready++) {
          const places = decodePlaces(rows[ready]!.places);
          placesOf.set(rows[ready]!, places);
          for (const { block } of places) needed.add(block);
        }
        blocks = await this.#fetch(moment.reads, needed);
        await knowSessions(moment, rows.slice(at, ready));
        ahead = Math.min(2 * ahead, MOST_BLOCKS);
      }
      const places = placesOf.get(row)!;
      placesOf.delete(row);
      this.#checkpoint();
      if (isWanted?.(row, places, blocks) === false) continue;
      const logSources = new Map<ByteString, RecordSource>();
      let group: HeldGroup | undefined;
      for (const place of places) {
        this.#checkpoint();
        group = this.#decoder.add(group, row.key, place, blocks.get(place.block)!, logSources);
      }
      group ??= new Group<HeldSpan>('');
      group.sessionByUser = await sessionByUser(moment, row.key);
      yield { row, group, logSources };
    }
  }

  /** One group. */
  async group<Row extends StoredGroupRow>(moment: GroupMoment, row: Row): Promise<LoadedGroup<Row>> {
    for await (const loaded of this.groups(moment, [row])) return loaded;
    throw new Error('no group was asked for');
  }

  async #fetch(reads: Reads, ids: Iterable<number>): Promise<Map<number, Buffer>> {
    const found = new Map<number, Buffer>();
    const missing: number[] = [];
    for (const id of ids) {
      const known = this.#blocks.get(id);
      if (known === undefined) missing.push(id);
      else {
        found.set(id, known);
        this.#blocks.delete(id);
        this.#blocks.set(id, known);
      }
    }
    if (missing.length === 0) return found;
    for (const [id, bytes] of await reads.blocks(missing)) {
      found.set(id, bytes);
      this.keep(id, bytes);
    }
    return found;
  }

  /** Keeps a decompressed block that was just read and may be needed soon. */
  keep(id: number, bytes: Buffer): void {
    if (this.#blocks.has(id)) return;
    this.#blocks.set(id, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, { length }] of this.#blocks) {
      if (this.#bytes <= KEPT_BYTES) break;
      this.#blocks.delete(oldest);
      this.#bytes -= length;
    }
  }
}

/**
 * Loads the sessions by user of these groups in one request, so that `sessionByUser` need not ask for each.
 */
export async function knowSessions(
  { project, users }: GroupMoment,
  rows: readonly StoredGroupRow[],
): Promise<void> {
  if (users === undefined) return;
  await users.sessionsOf(
    project,
    rows.map(({ key }) => key).filter((key) => traceOfKey(key) !== ''),
  );
}

/** The session by user of a trace's group (S40); undefined if it has none. */
export async function sessionByUser(
  { project, users }: GroupMoment,
  key: ByteString,
): Promise<string | undefined> {
  if (users === undefined || traceOfKey(key) === '') return undefined;
  return (await users.sessionsOf(project, [key]))[0];
}
