import { Buffer } from 'node:buffer';
import type { IndexedPage, TextIndex, TextIndexRows, TextIndexState } from '../../search/text/text-index.js';
import { connect, type Database, Meta } from '../database.js';
import { TEXT_FILE, TEXT_KEYS } from './text-file.js';

/** The index of content search for readers: a connection of its own. */
export class TextReader implements TextIndex, TextIndexRows {
  readonly #db: Database;
  readonly #meta: Meta;

  constructor(directory: string) {
    this.#db = connect(directory, TEXT_FILE, true);
    this.#meta = new Meta(this.#db);
  }

  /** Must be called one after the other. */
  async snapshot<T>(work: (rows: TextIndexRows) => Promise<T>): Promise<T> {
    this.#db.exec('BEGIN');
    try {
      return await work(this);
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  async state(): Promise<TextIndexState> {
    const numbers = (sql: string): number[] =>
      this.#db
        .prepare(sql)
        .all()
        .map(({ n }) => Number(n));
    const until = this.#meta.text(TEXT_KEYS.untilNs);
    return {
      parts: numbers('SELECT no AS n FROM text_part ORDER BY no'),
      again: numbers('SELECT block AS n FROM text_again ORDER BY block'),
      indexedTo: this.#meta.number(TEXT_KEYS.indexedTo) ?? 0,
      ...(until !== undefined && { untilNs: BigInt(until) }),
    };
  }

  async documents(part: number): Promise<Buffer> {
    const row = this.#db.prepare('SELECT documents FROM text_part WHERE no = ?').get(part)!;
    return Buffer.from(row.documents as Uint8Array);
  }

  async pages(term: Buffer, below: Buffer): Promise<IndexedPage[]> {
    return this.#db
      .prepare(
        `SELECT g.part, g.data FROM text_part AS p CROSS JOIN text_page AS g
         WHERE g.part = p.no AND g.first_term < ?2 AND g.first_term >= coalesce(
           (SELECT max(first_term) FROM text_page WHERE part = p.no AND first_term <= ?1), x'')
         ORDER BY g.part, g.first_term`,
      )
      .all(term, below)
      .map(({ part, data }) => ({ part: Number(part), data: Buffer.from(data as Uint8Array) }));
  }

  close(): void {
    this.#db.close();
  }
}
