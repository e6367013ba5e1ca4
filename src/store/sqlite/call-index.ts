import { Buffer } from 'node:buffer';
import { MOST_GROUPS } from '../../sessionize/elsewhere.js';
import type { ByteString } from '../../sessionize/records.js';
import type { Prepare, Statement } from './database.js';

/** Finds the groups that have a key of a call (U23). A key has a row in `call_place`, and in `call_place_more` for each group after the first. */
export class CallPlaces {
  readonly #first: Statement;
  readonly #more: Statement;

  constructor(prepare: Prepare) {
    this.#first = prepare('SELECT record_group FROM call_place WHERE key = ?');
    this.#more = prepare('SELECT record_group FROM call_place_more WHERE key = ? ORDER BY record_group LIMIT ?');
  }

  /** The other groups with a key; where they are more than MOST_GROUPS + 1, that many and one. */
  others(key: number, group: ByteString): ByteString[] {
    const first = this.#first.get(key);
    if (first === undefined) return [];
    return [first, ...this.#more.all(key, MOST_GROUPS + 2)]
      .map((row) => Buffer.from(row.record_group as Uint8Array).toString('latin1'))
      .filter((each) => each !== group)
      .slice(0, MOST_GROUPS + 2);
  }
}

/** The same, kept up to the groups. All that writes must be called inside a transaction. */
export class CallIndex extends CallPlaces {
  readonly #claim: Statement;
  readonly #addMore: Statement;
  readonly #removeFirst: Statement;
  readonly #removeMore: Statement;
  readonly #nextFirst: Statement;

  constructor(prepare: Prepare) {
    super(prepare);
    this.#claim = prepare('INSERT OR IGNORE INTO call_place (key, record_group) VALUES (?, ?)');
    this.#addMore = prepare('INSERT OR IGNORE INTO call_place_more (key, record_group) VALUES (?, ?)');
    this.#removeFirst = prepare('DELETE FROM call_place WHERE key = ? AND record_group = ?');
    this.#removeMore = prepare('DELETE FROM call_place_more WHERE key = ? AND record_group = ?');
    this.#nextFirst = prepare(
      `DELETE FROM call_place_more WHERE key = ?1 AND record_group =
         (SELECT min(record_group) FROM call_place_more WHERE key = ?1) RETURNING record_group`,
    );
  }

  /** Notes that the group has the key where no other has; false where others do: then `add` comes after they were looked at. */
  claim(key: number, group: Uint8Array): boolean {
    return this.#claim.run(key, group).changes === 1;
  }

  /** Notes that the group has a key that others have as well. */
  add(key: number, group: Uint8Array): void {
    this.#addMore.run(key, group);
  }

  /** The group no longer has the key. */
  remove(key: number, group: Uint8Array): void {
    if (this.#removeFirst.run(key, group).changes === 0) {
      this.#removeMore.run(key, group);
      return;
    }
    const next = this.#nextFirst.get(key);
    if (next !== undefined) this.#claim.run(key, next.record_group as Uint8Array);
  }
}
