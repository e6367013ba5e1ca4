import type { CallKey, KeyScope } from '../../sessionize/elsewhere.js';
import type { ByteString } from '../../sessionize/records.js';
import { CallMoments } from '../engine/call-index.js';
import type { Reads } from './reads.js';

/** Limit of moments kept from one snapshot to the next. For these, only new rows are read. */
const MOST_KEPT = 4_096;

/** Finds the groups that have a key of a call (U24), in the index from the writing side. */
export class CallPlaces {
  readonly #moments = new CallMoments();
  #version: number | undefined;
  #isBegun = false;

  /** The hash key for the numbers of keys of a project. */
  async scope(reads: Reads, project: number): Promise<KeyScope> {
    if (!this.#isBegun) this.#moments.begin(await reads.callSalt());
    this.#isBegun = true;
    return this.#moments.scope(project);
  }

  /** Loads the moments that these keys need, as of this snapshot with its `version`. */
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

  /** The other groups with a loaded key: see `CallMoments.others`. */
  others(key: CallKey, group: ByteString): ByteString[] {
    return this.#moments.others(key, group);
  }
}
