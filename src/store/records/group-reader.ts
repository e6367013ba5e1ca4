import type { Buffer } from 'node:buffer';
import type { Normalizer } from '../../normalize/normalizer.js';
import { type ByteString, Group } from '../../sessionize/records.js';
import type { Database, Statement } from '../sqlite/database.js';
import type { ChunkPlace, RecordSource } from './block.js';
import { GroupDecoder } from './group-decoder.js';
import type { HeldGroup, HeldSpan } from './held-records.js';
import type { BlockSource } from './log.js';

/** The session by user of a group (S40); undefined where it has none. */
export type SessionByUser = (project: number, key: ByteString) => string | undefined;

/** Reads groups back from their blocks. */
export class GroupReader {
  readonly #checkpoint: () => void;
  readonly #sessionByUser: SessionByUser | undefined;
  readonly #decoder: GroupDecoder;
  readonly #log: BlockSource;
  readonly #places: Statement;
  /** Decompressed blocks lately read, oldest first. */
  readonly #blocks = new Map<number, Buffer>();
  readonly #keptBlocks: number;

  /**
   * `checkpoint` is called before each chunk that is decoded; what it throws ends the reading. `sessionByUser` is left out where traces are not grouped by user.
   */
  constructor(
    db: Database,
    log: BlockSource,
    normalizer: Normalizer,
    keptBlocks: number,
    sessionByUser: SessionByUser | undefined,
    checkpoint: () => void = () => {},
  ) {
    this.#checkpoint = checkpoint;
    this.#sessionByUser = sessionByUser;
    this.#decoder = new GroupDecoder(normalizer);
    this.#keptBlocks = keptBlocks;
    this.#log = log;
    this.#places = db.prepare('SELECT places FROM record_group WHERE project = ? AND key = ?');
  }

  /** The session by user of a group of a trace (S40); undefined where it has none. */
  sessionByUser(project: number, key: ByteString): string | undefined {
    return this.#sessionByUser?.(project, key);
  }

  /** The encoded chunk places of a group; undefined where there is no such group. */
  places(project: number, key: Uint8Array): Uint8Array | undefined {
    return this.#places.get(project, key)?.places as Uint8Array | undefined;
  }

  /**
   * The group with this key, whose records lie in these chunks; all its spans have their source at hand, and its session by user is set. Sources of log records are
   * put into `logSources`, by id.
   */
  read(
    project: number,
    key: ByteString,
    places: readonly ChunkPlace[],
    logSources?: Map<ByteString, RecordSource>,
  ): HeldGroup {
    let group: HeldGroup | undefined;
    for (const place of places) {
      this.#checkpoint();
      group = this.#decoder.add(group, key, place, this.#bytes(place.block), logSources);
    }
    if (group === undefined) return new Group<HeldSpan>('');
    if (group.traceId !== '') group.sessionByUser = this.sessionByUser(project, key);
    return group;
  }

  #bytes(id: number): Buffer {
    const known = this.#blocks.get(id);
    if (known !== undefined) return known;
    const block = this.#log.read(id);
    if (block === undefined) throw new Error(`block ${id} is missing from the data directory`);
    const { bytes } = block;
    this.#blocks.set(id, bytes);
    if (this.#blocks.size > this.#keptBlocks) this.#blocks.delete(this.#blocks.keys().next().value!);
    return bytes;
  }
}
