import { createHmac } from 'node:crypto';
import { NONE, type RecordBatch } from '../../otlp/record-batch.js';
import type { ByteString } from '../../sessionize/records.js';
import { traceIdOf } from '../records/held-records.js';

/**
 * Tombstones keep erased sessions, traces and users out (docs/decisions/019-erasure-and-retention.md). They hold
 * keyed hashes: who has the data directory and not the key of the installation cannot tell what was erased.
 */

/** What a tombstone is of. Stored: the values must not change. */
export const ErasedKind = { session: 1, trace: 2, user: 3 } as const;
export type ErasedKind = (typeof ErasedKind)[keyof typeof ErasedKind];

/** Bytes of a hash. */
const HASH_BYTES = 16;

/** Answers for ids that were asked for lately. Beyond it, all are forgotten. */
const MOST_ANSWERS = 50_000;

export interface Tombstone {
  /** As `Tombstones.hash` made it. */
  readonly hash: Uint8Array;
  /** Nanoseconds since 1970. It keeps nothing out from then on. */
  readonly expiresNs: bigint;
}

/** The tombstones of an installation. */
export class Tombstones {
  readonly #key: Uint8Array;
  readonly #now: () => bigint;
  /** When each expires, by hash. */
  readonly #expires = new Map<string, bigint>();
  readonly #answers = new Map<string, string>();

  /** `key` is the key of the installation. */
  constructor(key: Uint8Array, now: () => bigint) {
    this.#key = key;
    this.#now = now;
  }

  /** The hash of an id: of a session or user as text, of a trace as bytes. */
  hash(kind: ErasedKind, project: number, id: string): Uint8Array {
    return createHmac('sha256', this.#key)
      .update(`tombstone ${kind} ${project} `)
      .update(id, kind === ErasedKind.trace ? 'latin1' : 'utf8')
      .digest()
      .subarray(0, HASH_BYTES);
  }

  add(tombstones: Iterable<Tombstone>): void {
    for (const { hash, expiresNs } of tombstones) this.#expires.set(textOf(hash), expiresNs);
  }

  /** Forgets those that have expired. */
  expire(): void {
    const nowNs = this.#now();
    for (const [hash, expiresNs] of this.#expires) if (expiresNs <= nowNs) this.#expires.delete(hash);
  }

  /** Which records of a batch are refused: 1 for each of them. Undefined if none is. */
  refused(project: number, batch: RecordBatch): Uint8Array | undefined {
    if (this.#expires.size === 0) return undefined;
    let refused: Uint8Array | undefined;
    for (let i = 0; i < batch.count; i++) {
      if (!this.#isRefused(project, batch, i)) continue;
      refused ??= new Uint8Array(batch.count);
      refused[i] = 1;
    }
    return refused;
  }

  #isRefused(project: number, batch: RecordBatch, index: number): boolean {
    const session = batch.session[index]!;
    if (session !== NONE) {
      if (this.#has(ErasedKind.session, project, batch.strings[session]!)) return true;
    } else if (batch.traceId[index] !== NONE) {
      if (this.#has(ErasedKind.trace, project, traceIdOf(batch, index))) return true;
    }
    const identity = batch.identity[index]!;
    if (identity === NONE) return false;
    const { userId, anonymousId } = batch.identities[identity]!;
    return (
      (userId !== undefined && this.#has(ErasedKind.user, project, userId)) ||
      (anonymousId !== undefined && this.#has(ErasedKind.user, project, anonymousId))
    );
  }

  #has(kind: ErasedKind, project: number, id: ByteString): boolean {
    const asked = `${kind} ${project} ${id}`;
    let hash = this.#answers.get(asked);
    if (hash === undefined) {
      if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
      hash = textOf(this.hash(kind, project, id));
      this.#answers.set(asked, hash);
    }
    const expiresNs = this.#expires.get(hash);
    return expiresNs !== undefined && expiresNs > this.#now();
  }
}

function textOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1');
}
