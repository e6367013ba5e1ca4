import type { SessionReader } from '../../src/store/contract/reader.js';
import { MemoryReader, type MemoryReaderData } from './memory-reader.js';

export interface FragileReaderData extends MemoryReaderData {
  /** Reading the session of this id ends the thread. */
  readonly fatalId?: string;
  /** Reading the session of this id fails. */
  readonly failingId?: string;
  /** Reading the session of this id never ends. */
  readonly endlessId?: string;
  /** Reading the session of this id blocks the whole thread until `gate` is set to 1 and notified. */
  readonly blockingId?: string;
  readonly gate?: Int32Array;
  /** Reading the session of this id continues until the checkpoint ends it. */
  readonly loopingId?: string;
  /** Number of session reads, finished or not: its first element. Shared memory. */
  readonly reads?: Int32Array;
  /** Opening fails with this message. */
  readonly openError?: string;
}

/** Opens a reader that fails as requested, for tests of its callers. */
export async function openReader(data: FragileReaderData, checkpoint: () => void): Promise<SessionReader> {
  if (data.openError !== undefined) throw new Error(data.openError);
  return new FragileReader(data, checkpoint);
}

class FragileReader extends MemoryReader {
  readonly #data: FragileReaderData;

  readonly #checkpoint: () => void;

  constructor(data: FragileReaderData, checkpoint: () => void) {
    super(data);
    this.#data = data;
    this.#checkpoint = checkpoint;
  }

  override async session(project: string, sessionId: string) {
    if (this.#data.reads !== undefined) Atomics.add(this.#data.reads, 0, 1);
    if (sessionId === this.#data.fatalId) process.exit(1);
    if (sessionId === this.#data.failingId) throw new Error('the disk is on fire');
    if (sessionId === this.#data.endlessId) return new Promise<never>(() => {});
    if (sessionId === this.#data.blockingId) Atomics.wait(this.#data.gate!, 0, 0);
    while (sessionId === this.#data.loopingId) this.#checkpoint();
    return super.session(project, sessionId);
  }
}
