import type { Buffer } from 'node:buffer';
import type { Normalizer } from '../../normalize/normalizer.js';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { ByteString } from '../../sessionize/records.js';
import type { Database, Statement } from '../sqlite/database.js';
import { StoredBlocks } from '../sqlite/stored-block.js';
import type { ChunkPlace } from './block.js';
import { GroupDecoder } from './group-decoder.js';
import type { HeldGroup } from './held-records.js';
import type { BlockSource } from './log.js';

/** The session by user of a group (S40); undefined where it has none. */
export type SessionByUser = (project: number, key: ByteString) => string | undefined;

/** Reads groups back from their blocks, for the writing side. */
export class GroupReader {
  readonly #decoder: GroupDecoder;
  readonly #sessionByUser: SessionByUser | undefined;
  readonly #source: BlockSource;
  readonly #places: Statement;
  /** Decompressed blocks lately read, oldest first. */
  readonly #blocks = new Map<number, Buffer>();
  readonly #keptBlocks: number;

  /** `sessionByUser` is left out where traces are not grouped by user. `source` is where blocks are read from; the database where it is left out. */
  constructor(
    db: Database,
    normalizer: Normalizer,
    keptBlocks: number,
    sessionByUser: SessionByUser | undefined,
    source: BlockSource = new StoredBlocks(db),
  ) {
    this.#decoder = new GroupDecoder(normalizer, () => {});
    this.#sessionByUser = sessionByUser;
    this.#keptBlocks = keptBlocks;
    this.#source = source;
    this.#places = db.prepare('SELECT places FROM record_group WHERE project = ? AND key = ?');
  }

  /** The encoded chunk places of a group; undefined where there is no such group. */
  places(project: number, key: Uint8Array): Uint8Array | undefined {
    return this.#places.get(project, key)?.places as Uint8Array | undefined;
  }

  /** The group with this key, whose records lie in these chunks; all its spans have their source at hand, and its session by user is set. */
  read(project: number, key: ByteString, places: readonly ChunkPlace[]): HeldGroup {
    const group = this.#decoder.decode(key, places, (id) => this.#bytes(id));
    if (group.traceId !== '') group.sessionByUser = this.#sessionByUser?.(project, key);
    return group;
  }

  /** The records of one chunk of a block, spans before log records. */
  chunk(place: ChunkPlace, block: Buffer): RecordBatch[] {
    return this.#decoder.chunk(place, block);
  }

  /** Forgets what was read: for when the numbers of blocks may mean others than before. */
  forget(): void {
    this.#blocks.clear();
  }

  #bytes(id: number): Buffer {
    const known = this.#blocks.get(id);
    if (known !== undefined) return known;
    const block = this.#source.read(id);
    if (block === undefined) throw new Error(`block ${id} is missing from the data directory`);
    const { bytes } = block;
    this.#blocks.set(id, bytes);
    if (this.#blocks.size > this.#keptBlocks) this.#blocks.delete(this.#blocks.keys().next().value!);
    return bytes;
  }
}
