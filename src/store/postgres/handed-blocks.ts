import { Buffer } from 'node:buffer';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { StoredBlock } from '../records/log.js';

/**
 * Blocks that this process appended, handed from its intake to its folding thread, so that the holder of the lease
 * does not read its own blocks back from the database. Only a shortcut: a block that is not handed over, or not in
 * time, is read. The database alone says which blocks there are and in which order; a handed block stands for a row
 * only if it has the row's id and checksum.
 */

/** Most bytes of blocks that were copied and are not folded yet. What goes beyond is read from the database. */
const MOST_BYTES = 48 * 1024 * 1024;

/** What both threads know: integers by the numbers of `State`. */
type SharedState = Int32Array<SharedArrayBuffer>;

const State = {
  /** 1 while this process holds the lease. */
  isWanted: 0,
  /** Bytes of copies. */
  bytes: 1,
} as const;

/** One end. It crosses threads by `workerData`, with the port in the transfer list. */
export interface HandOverEnd {
  readonly port: MessagePort;
  readonly state: SharedState;
}

/** The bytes of a block, in memory of their own. */
export type BlockCopy = Uint8Array<ArrayBuffer>;

/** A block as it was committed. */
export interface HandedBlock extends Omit<StoredBlock, 'id' | 'bytes'> {
  /** `log_block.id`. */
  readonly row: bigint;
  readonly checksum: number;
  /** Not compressed. */
  readonly bytes: BlockCopy;
}

export function newHandOver(): { readonly intake: HandOverEnd; readonly folder: HandOverEnd } {
  const { port1, port2 } = new MessageChannel();
  const state = new Int32Array(
    new SharedArrayBuffer(Object.keys(State).length * Int32Array.BYTES_PER_ELEMENT),
  );
  return { intake: { port: port1, state }, folder: { port: port2, state } };
}

/** The intake's end. Each copy is either handed over or released. */
export class BlockSender {
  readonly #port: MessagePort;
  readonly #state: SharedState;

  constructor({ port, state }: HandOverEnd) {
    this.#port = port;
    this.#state = state;
  }

  /** A copy of the bytes of a block; undefined if it is not wanted, or there are too many copies. */
  copy(bytes: Uint8Array): BlockCopy | undefined {
    if (Atomics.load(this.#state, State.isWanted) === 0) return undefined;
    if (Atomics.load(this.#state, State.bytes) + bytes.length > MOST_BYTES) return undefined;
    Atomics.add(this.#state, State.bytes, bytes.length);
    return new Uint8Array(bytes);
  }

  /** Hands blocks over, after they were committed. Their bytes cannot be read here any more. */
  send(blocks: readonly HandedBlock[]): void {
    if (blocks.length === 0) return;
    this.#port.postMessage(
      // A view may be of a large buffer, all of which would be copied.
      blocks.map((block) => ({ ...block, directory: new Uint8Array(block.directory) })),
      blocks.map(({ bytes }) => bytes.buffer),
    );
  }

  /** These blocks were not committed. */
  release(copies: readonly (BlockCopy | undefined)[]): void {
    for (const copy of copies) Atomics.sub(this.#state, State.bytes, copy?.length ?? 0);
  }
}

/** The folding thread's end. */
export class HandedBlocks {
  readonly #port: MessagePort;
  readonly #state: SharedState;
  readonly #blocks = new Map<bigint, HandedBlock>();

  constructor({ port, state }: HandOverEnd) {
    this.#port = port;
    this.#state = state;
  }

  /** Whether blocks are handed over from now on. Forgets those that were. */
  want(isWanted: boolean): void {
    Atomics.store(this.#state, State.isWanted, isWanted ? 1 : 0);
    this.receive();
    this.retain(() => false);
  }

  /** Takes in what has been handed over by now. */
  receive(): void {
    for (;;) {
      const received: { readonly message: readonly HandedBlock[] } | undefined = receiveMessageOnPort(
        this.#port,
      );
      if (received === undefined) return;
      for (const block of received.message) this.#blocks.set(block.row, block);
    }
  }

  /** The block of this row, once; undefined if the block with that checksum was not handed over. */
  take(row: bigint, checksum: number): Omit<StoredBlock, 'id'> | undefined {
    const block = this.#blocks.get(row);
    if (block === undefined) return undefined;
    this.#drop(block);
    if (block.checksum !== checksum) return undefined;
    const { project, records, directory, bytes } = block;
    return { project, records, directory, bytes: Buffer.from(bytes.buffer) };
  }

  /** Forgets all other blocks. */
  retain(isKept: (row: bigint) => boolean): void {
    for (const block of this.#blocks.values()) if (!isKept(block.row)) this.#drop(block);
  }

  #drop(block: HandedBlock): void {
    this.#blocks.delete(block.row);
    Atomics.sub(this.#state, State.bytes, block.bytes.length);
  }
}
