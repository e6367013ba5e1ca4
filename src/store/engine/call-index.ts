import { Buffer } from 'node:buffer';
import { type CallKey, MOST_GROUPS } from '../../sessionize/elsewhere.js';
import type { ByteString } from '../../sessionize/records.js';
import type { Prepare, Statement } from '../sqlite/database.js';

/** The groups of a moment by the number of a key, each group once. */
interface Moment {
  readonly groups: Map<number, ByteString | Set<ByteString>>;
  /** Rows that it was read from. */
  rows: number;
}

const NO_GROUPS: ByteString[] = [];

/** Keys and moments kept in memory beyond which those read first are let go of. */
const MOST_KEYS = 500_000;
const MOST_MOMENTS = 4_096;
/** Moments that are kept in any case. */
const LEAST_MOMENTS = 6;
/** Moments that are worth asking for what is new in them. */
const MOST_CAUGHT_UP = 64;

// An entry of a row: the number of a key, whether the group has it or has it no longer, and the group's key with its length before it.
const NUMBER_BYTES = 8;
const HEAD_BYTES = NUMBER_BYTES + 2;

/**
 * Finds the groups that have a key of a call (U24). What groups have is kept by moment, as rows of additions and removals in the order in which they were made: calls
 * of one moment come together, so that a transaction appends a row or two, and whoever looks for them reads a moment and its neighbours.
 */
export class CallPlaces {
  protected readonly moments = new Map<number, Moment>();
  protected keys = 0;
  readonly #rows: Statement;

  constructor(prepare: Prepare) {
    this.#rows = prepare('SELECT entries FROM call_place WHERE moment = ? AND no >= ? ORDER BY no');
  }

  /**
   * The other groups with a key of the same moment or one next to it, sorted; where they are more than MOST_GROUPS, some of them that are more than that.
   */
  others({ number, moment }: CallKey, group: ByteString): ByteString[] {
    const found = new Set<ByteString>();
    for (let at = moment - 1; at <= moment + 1; at++) {
      for (const each of this.#groupsAt(number, at)) {
        if (each !== group) found.add(each);
        if (found.size > MOST_GROUPS) return [...found];
      }
    }
    return found.size === 0 ? NO_GROUPS : [...found].sort();
  }

  /**
   * The other groups to which it may matter that a group has this key: those of these moments that have few others, or had or will have with one less or
   * more. Each counts those next to itself: a call among too many may have a neighbour with few.
   */
  concerned({ number, moment }: CallKey, group: ByteString): ByteString[] {
    const found = new Set<ByteString>();
    for (let at = moment - 1; at <= moment + 1; at++) {
      const here = this.#groupsAt(number, at);
      if (here.length === 0 || here.length > MOST_GROUPS + 2) continue;
      const around = new Set([...this.#groupsAt(number, at - 1), ...here, ...this.#groupsAt(number, at + 1)]);
      if (around.size <= MOST_GROUPS + 2) for (const each of here) found.add(each);
    }
    found.delete(group);
    return found.size === 0 ? NO_GROUPS : [...found].sort();
  }

  /** The groups with a key of this moment; of more than MOST_GROUPS + 2 some that are more than that. */
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

  /** Reads what was added since the last time: for a connection that does not write. */
  catchUp(): void {
    if (this.moments.size > MOST_CAUGHT_UP) this.forget();
    for (const [at, moment] of this.moments) this.#read(at, moment);
  }

  forget(): void {
    this.moments.clear();
    this.keys = 0;
  }

  protected momentAt(at: number): Moment {
    let moment = this.moments.get(at);
    if (moment === undefined) {
      moment = { groups: new Map(), rows: 0 };
      this.#read(at, moment);
      this.moments.set(at, moment);
    }
    return moment;
  }

  #read(at: number, moment: Moment): void {
    for (const row of this.#rows.all(at, moment.rows)) {
      const entries = Buffer.from(row.entries as Uint8Array);
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

  /** Lets go of the moments that were read first, where they hold too much. */
  #letGo(): void {
    for (const [at, { groups }] of this.moments) {
      const fits = this.keys <= MOST_KEYS && this.moments.size <= MOST_MOMENTS;
      if (fits || this.moments.size <= LEAST_MOMENTS) return;
      this.moments.delete(at);
      this.keys -= groups.size;
    }
  }

  protected rotate(): void {
    this.#letGo();
  }
}

/** The same, kept up to the groups. `flush` must be called at the end of the transaction. */
export class CallIndex extends CallPlaces {
  readonly #insert: Statement;
  readonly #changes = new Map<number, Buffer[]>();

  constructor(prepare: Prepare) {
    super(prepare);
    this.#insert = prepare('INSERT INTO call_place (moment, no, entries) VALUES (?, ?, ?)');
  }

  /** Notes that a group has a key, or has it no longer. */
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

  /** Writes what was noted. */
  flush(): void {
    for (const [at, entries] of this.#changes) {
      const moment = this.momentAt(at);
      this.#insert.run(at, moment.rows, Buffer.concat(entries));
      moment.rows++;
    }
    this.#changes.clear();
    this.rotate();
  }

  override forget(): void {
    super.forget();
    this.#changes.clear();
  }
}
