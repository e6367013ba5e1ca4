import type { CallKey, KeyScope } from '../../sessionize/elsewhere.js';
import type { ByteString } from '../../sessionize/records.js';
import { CallMoments } from '../engine/call-index.js';
import type { Reads } from './reads.js';

/** Moments that are kept from one snapshot to the next, and are asked for what is new in them. */
const MOST_KEPT = 4_096;

/** Which groups have a key of a call (U24), as the index of the writing side has it. */
export class CallPlaces {
  readonly #moments = new CallMoments();
  #version: number | undefined;
  #isBegun = false;

  /** What numbers of keys of a project are made with. */
  async scope(reads: Reads, project: number): Promise<KeyScope> {
    if (!this.#isBegun) this.#moments.begin(await reads.callSalt());
    this.#isBegun = true;
    return this.#moments.scope(project);
  }

  /** Makes what the keys can meet known, as of this snapshot. `version` is that of the snapshot. */
  async load(reads: Reads, version: number, keys: Iterable<CallKey>): Promise<void> {
    const moments = this.#moments;
    if (version !== this.#version) {
      if (moments.size > MOST_KEPT) moments.forget();
      const newer = moments.newer();
      if (newer.length > 0) moments.take(newer, await reads.callPlaces(newer));
      this.#version = version;
    }
    const missing = moments.missing(keys, false);
    if (missing.length > 0) moments.take(missing, await reads.callPlaces(missing));
  }

  /** The other groups with a key that was loaded: see `CallMoments.others`. */
  others(key: CallKey, group: ByteString): ByteString[] {
    return this.#moments.others(key, group);
  }
}
