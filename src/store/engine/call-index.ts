import { Buffer } from 'node:buffer';
import { type CallKey, type KeyScope, MOST_GROUPS } from '../../sessionize/elsewhere.js';
import { type HashKey, hashKeyOf } from '../../sessionize/keyed-hash.js';
import type { ByteString } from '../../sessionize/records.js';
import type { ChangeSet } from './changes.js';
import { load, type MomentRange, type Plan } from './loads.js';

/** The groups of a moment by the number of a key, each group once. */
interface Moment {
  readonly groups: Map<number, ByteString | Set<ByteString>>;
  /** How many rows it was read from. */
  rows: number;
}

const NO_GROUPS: ByteString[] = [];

/** Limit of keys and moments in memory. Beyond it, those read first are evicted. */
const MOST_KEYS = 500_000;
const MOST_MOMENTS = 4_096;
/** This many moments are always kept. */
const LEAST_MOMENTS = 6;

// An entry of a row: the number of a key, whether the group has the key or lost it, and the group's key after
// its length.
const NUMBER_BYTES = 8;
const HEAD_BYTES = NUMBER_BYTES + 2;

/**
 * How far from the moment of a key its relevant groups can be: groups of the same moment, or of the moments
 * next to it.
 */
const NEAR = 1;
const AROUND = 2;

/**
 * Finds the groups that have a key of a call (U24). The entries are stored by moment, as rows of additions
 * and removals in the order of their changes. Calls of one moment arrive together, so a transaction appends
 * few rows, and a look-up reads a moment and its neighbours.
 *
 * The moments of a question must be in memory: `missing` lists those that are not, and `take` accepts their
 * rows.
 */
export class CallMoments {
  protected readonly moments = new Map<number, Moment>();
  protected keys = 0;

  #hashKey: HashKey | undefined;

  /** The hash key for the numbers of keys, from the salt of the stored rows. Must be called first. */
  begin(salt: Uint8Array): void {
    this.#hashKey = hashKeyOf(salt);
  }

  /** The hash key for the numbers of keys of a project. */
  scope(project: number): KeyScope {
    if (this.#hashKey === undefined) throw new Error('the call index was not begun');
    return { project, hashKey: this.#hashKey };
  }

  /** How many moments are in memory. */
  get size(): number {
    return this.moments.size;
  }

  /** The rows that must be loaded before `others` can be asked for these keys, or `concerned` if `around`. */
  missing(keys: Iterable<CallKey>, around: boolean): MomentRange[] {
    const found = new Set<number>();
    const reach = around ? AROUND : NEAR;
    for (const { moment } of keys) {
      for (let at = moment - reach; at <= moment + reach; at++) if (!this.moments.has(at)) found.add(at);
    }
    return Array.from(found, (moment) => ({ moment, from: 0 }));
  }

  /** The rows that may have been written since those in memory were read. */
  newer(): MomentRange[] {
    return Array.from(this.moments, ([moment, { rows }]) => ({ moment, from: rows }));
  }

  /** Takes in the rows that were loaded for a range. */
  take(ranges: readonly MomentRange[], answers: readonly (readonly Uint8Array[])[]): void {
    for (const [i, { moment: at }] of ranges.entries()) {
      let moment = this.moments.get(at);
      if (moment === undefined) {
        moment = { groups: new Map(), rows: 0 };
        this.moments.set(at, moment);
      }
      for (const entries of answers[i]!) this.#read(moment, entries);
    }
  }

  /**
   * The other groups with a key of the same moment or one next to it, sorted. If there are more than
   * MOST_GROUPS, only some of them, but more than MOST_GROUPS.
   */
  others({ number, moment }: CallKey, group: ByteString): ByteString[] {
    const found = new Set<ByteString>();
    for (let at = moment - NEAR; at <= moment + NEAR; at++) {
      for (const each of this.#groupsAt(number, at)) {
        if (each !== group) found.add(each);
        if (found.size > MOST_GROUPS) return [...found];
      }
    }
    return found.size === 0 ? NO_GROUPS : [...found].sort();
  }

  /**
   * The other groups that a change of this group's key may concern: those of these moments that have few
   * others now, or before or after the change. Each group counts its own neighbours, so a call among too many
   * may have a neighbour with few.
   */
  concerned({ number, moment }: CallKey, group: ByteString): ByteString[] {
    const found = new Set<ByteString>();
    for (let at = moment - NEAR; at <= moment + NEAR; at++) {
      const here = this.#groupsAt(number, at);
      if (here.length === 0 || here.length > MOST_GROUPS + 2) continue;
      const around = new Set([...this.#groupsAt(number, at - 1), ...here, ...this.#groupsAt(number, at + 1)]);
      if (around.size <= MOST_GROUPS + 2) for (const each of here) found.add(each);
    }
    found.delete(group);
    return found.size === 0 ? NO_GROUPS : [...found].sort();
  }

  /**
   * The groups with a key of this moment. If there are more than MOST_GROUPS + 2, only some of them, but more
   * than that.
   */
  #groupsAt(number: number, at: number): readonly ByteString[] {
    const groups = this.momentAt(at).groups.get(number);
    if (groups === undefined) return NO_GROUPS;
    if (typeof groups === 'string') return [groups];
    const some: ByteString[] = [];
    for (const each of groups) {
      some.push(each);
      if (some.length > MOST_GROUPS + 2) break;
    }
    return some;
  }

  forget(): void {
    this.moments.clear();
    this.keys = 0;
  }

  protected momentAt(at: number): Moment {
    const moment = this.moments.get(at);
    if (moment === undefined) throw new Error(`moment ${at} of the call index was not asked for`);
    return moment;
  }

  #read(moment: Moment, row: Uint8Array): void {
    const entries = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
    for (let i = 0; i < entries.length; ) {
      const number = entries.readDoubleLE(i);
      const end = i + HEAD_BYTES + entries[i + NUMBER_BYTES + 1]!;
      this.put(
        moment,
        number,
        entries.toString('latin1', i + HEAD_BYTES, end),
        entries[i + NUMBER_BYTES] === 1,
      );
      i = end;
    }
    moment.rows++;
  }

  /** Whether that changed anything. */
  protected put({ groups }: Moment, number: number, group: ByteString, has: boolean): boolean {
    const known = groups.get(number);
    if (known === undefined) {
      if (!has) return false;
      groups.set(number, group);
      this.keys++;
      return true;
    }
    const isThere = typeof known === 'string' ? known === group : known.has(group);
    if (isThere === has) return false;
    if (typeof known !== 'string') {
      if (has) known.add(group);
      else known.delete(group);
      if (known.size > 0) return true;
    } else if (has) {
      groups.set(number, new Set([known, group]));
      return true;
    }
    groups.delete(number);
    this.keys--;
    return true;
  }

  /** Evicts the moments that were read first while memory is over its limit. */
  rotate(): void {
    for (const [at, { groups }] of this.moments) {
      const fits = this.keys <= MOST_KEYS && this.moments.size <= MOST_MOMENTS;
      if (fits || this.moments.size <= LEAST_MOMENTS) return;
      this.moments.delete(at);
      this.keys -= groups.size;
    }
  }
}

/** The same, with changes of groups. `flush` adds the noted changes to a change set. */
export class CallIndex extends CallMoments {
  readonly #changes = new Map<number, Buffer[]>();

  /** Loads the moments that `others` needs for these keys, or `concerned` if `around`. */
  *require(keys: Iterable<CallKey>, around: boolean): Plan<void> {
    const ranges = this.missing(keys, around);
    if (ranges.length > 0) this.take(ranges, yield* load('callPlaces', ranges));
  }

  /** Notes that a group has a key or lost it. Its moment must be in memory. */
  note({ number, moment }: CallKey, group: ByteString, has: boolean): void {
    if (!this.put(this.momentAt(moment), number, group, has)) return;
    const entry = Buffer.allocUnsafe(HEAD_BYTES + group.length);
    entry.writeDoubleLE(number, 0);
    entry[NUMBER_BYTES] = has ? 1 : 0;
    entry[NUMBER_BYTES + 1] = group.length;
    entry.write(group, HEAD_BYTES, 'latin1');
    const known = this.#changes.get(moment);
    if (known === undefined) this.#changes.set(moment, [entry]);
    else known.push(entry);
  }

  flush(changes: ChangeSet): void {
    for (const [at, entries] of this.#changes) {
      const moment = this.momentAt(at);
      changes.callPlaces.push({ moment: at, no: moment.rows, entries: Buffer.concat(entries) });
      moment.rows++;
    }
    this.#changes.clear();
  }

  override forget(): void {
    super.forget();
    this.#changes.clear();
  }
}

/** The entries of a row without those of groups that are gone, by their keys; undefined if none is gone. */
export function entriesWithout(row: Uint8Array, isGone: (key: Buffer) => boolean): Buffer | undefined {
  const entries = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  const kept: Buffer[] = [];
  let hasGone = false;
  for (const [entry, key] of entriesOf(entries)) {
    if (isGone(key)) hasGone = true;
    else kept.push(entry);
  }
  return hasGone ? Buffer.concat(kept) : undefined;
}

/** The keys of the groups that a row names. */
export function groupsIn(row: Uint8Array): Buffer[] {
  const entries = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  return Array.from(entriesOf(entries), ([, key]) => key);
}

/** Each entry of a row, and the key of its group. */
function* entriesOf(entries: Buffer): Generator<readonly [entry: Buffer, key: Buffer]> {
  for (let at = 0; at < entries.length; ) {
    const keyAt = at + HEAD_BYTES;
    const end = keyAt + entries[keyAt - 1]!;
    yield [entries.subarray(at, end), entries.subarray(keyAt, end)];
    at = end;
  }
}
