import { Buffer } from 'node:buffer';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeDocuments, type TextDocument } from '../../search/text/documents.js';
import { mergedPart, partsToMerge, type StoredPart } from '../../search/text/merging.js';
import type { NewPart } from '../../search/text/part-maker.js';
import { type Posting, postingsOf } from '../../search/text/posting-part.js';
import { connect, type Database, inTransaction, Meta } from '../database.js';

/**
 * The index of content search, `search.sqlite`: derived from the log and made again if it is missing
 * (docs/decisions/022-content-search.md).
 */

export const TEXT_FILE = 'search.sqlite';

/** Changes with the tables, the form of parts, what words are and which texts are indexed. */
const FORMAT = 2;

/** Large pages, because rows are some kilobytes. */
const PAGE_BYTES = 32 * 1024;

/** The write-ahead log is written back at this many pages. */
const CHECKPOINT_PAGES = 128;

const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE text_part (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    count INTEGER NOT NULL,
    documents BLOB NOT NULL
  ) STRICT;
  CREATE TABLE text_page (
    part INTEGER NOT NULL,
    first_term BLOB NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX text_page_by_term ON text_page (part, first_term);
  CREATE TABLE text_again (block INTEGER PRIMARY KEY) STRICT;
`;

/** Keys in `meta`. */
export const TEXT_KEYS = { indexedTo: 'indexed_to', untilNs: 'until_ns', cleared: 'cleared' } as const;

/** Removes the index, if there is one. */
export function removeTextFile(directory: string): void {
  for (const end of ['', '-wal', '-shm', '-journal'])
    rmSync(join(directory, TEXT_FILE + end), { force: true });
}

/**
 * Creates the index if it is missing, damaged, of another format, or of a log that had blocks beyond `lastBlock`.
 * Returns whether it is new.
 */
export function prepareTextFile(directory: string, lastBlock: number): boolean {
  try {
    if (existsSync(join(directory, TEXT_FILE)) && isUsable(directory, lastBlock)) return false;
  } catch {
    // Made again.
  }
  removeTextFile(directory);
  const db = connect(directory, TEXT_FILE);
  try {
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL`);
    inTransaction(db, () => db.exec(`${TABLES} PRAGMA user_version = ${FORMAT}`));
  } finally {
    db.close();
  }
  return true;
}

function isUsable(directory: string, lastBlock: number): boolean {
  const db = connect(directory, TEXT_FILE);
  try {
    const { user_version: format } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (format !== FORMAT) return false;
    return (new Meta(db).number(TEXT_KEYS.indexedTo) ?? 0) <= lastBlock;
  } finally {
    db.close();
  }
}

/** The writing connection to the index. */
export class TextFile {
  readonly #db: Database;
  readonly #meta: Meta;

  constructor(directory: string) {
    this.#db = connect(directory, TEXT_FILE);
    // What a crash loses is indexed again.
    this.#db.exec(
      `PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
       PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${CHECKPOINT_PAGES * PAGE_BYTES}`,
    );
    this.#meta = new Meta(this.#db);
  }

  get indexedTo(): number {
    return this.#meta.number(TEXT_KEYS.indexedTo) ?? 0;
  }

  /** Blocks that are to be indexed again, ascending, at most `limit`. */
  again(limit: number): number[] {
    return this.#db
      .prepare('SELECT block FROM text_again ORDER BY block LIMIT ?')
      .all(limit)
      .map(({ block }) => Number(block));
  }

  /** A number that changes when the index is cleared. Parts of blocks that were read before must not be added. */
  get cleared(): number {
    return this.#meta.number(TEXT_KEYS.cleared) ?? 0;
  }

  /** Empties the index, so that all is indexed again. */
  clear(): void {
    inTransaction(this.#db, () => {
      this.#db.exec('DELETE FROM text_page; DELETE FROM text_part; DELETE FROM text_again');
      this.#meta.delete(TEXT_KEYS.indexedTo);
      this.#meta.delete(TEXT_KEYS.untilNs);
      this.#meta.set(TEXT_KEYS.cleared, this.cleared + 1);
    });
  }

  /** Adds a part of new blocks up to `indexedTo`, or of none. Their latest telemetry is of `untilNs`, or they have none. `cleared`: as before the blocks were read. */
  add(part: NewPart | undefined, indexedTo: number, untilNs: bigint, cleared: number): void {
    inTransaction(this.#db, () => {
      if (this.cleared !== cleared) return;
      this.#insert(part);
      this.#meta.set(TEXT_KEYS.indexedTo, indexedTo);
      if (part !== undefined) this.#meta.set(TEXT_KEYS.untilNs, String(untilNs));
    });
  }

  /** Adds a part of blocks that were to be indexed again. */
  addAgain(part: NewPart | undefined, blocks: readonly number[], cleared: number): void {
    const remove = this.#db.prepare('DELETE FROM text_again WHERE block = ?');
    inTransaction(this.#db, () => {
      if (this.cleared !== cleared) return;
      this.#insert(part);
      for (const block of blocks) remove.run(block);
    });
  }

  /** Merges some parts of about the same size. Returns whether there were any. */
  merge(): boolean {
    let isMerged = false;
    inTransaction(this.#db, () => {
      const parts = this.#db
        .prepare('SELECT no, count FROM text_part ORDER BY no')
        .all()
        .map(({ no, count }) => ({ no: Number(no), count: Number(count) }));
      const merged = partsToMerge(parts);
      isMerged = merged.length > 0;
      if (isMerged) this.#replace(merged.map(({ no }) => no));
    });
    return isMerged;
  }

  /** Removes all documents that have any of these blocks. Their blocks are to be indexed again. */
  forget(blocks: ReadonlySet<number>): void {
    const isOf = (document: TextDocument): boolean => document.blocks.some((block) => blocks.has(block));
    const insert = this.#db.prepare('INSERT OR IGNORE INTO text_again (block) VALUES (?)');
    for (const { no } of this.#db.prepare('SELECT no FROM text_part ORDER BY no').all()) {
      const again: number[] = [];
      for (const document of decodeDocuments(this.#documents(Number(no))))
        if (isOf(document)) again.push(...document.blocks);
      if (again.length === 0) continue;
      inTransaction(this.#db, () => {
        this.#replace([Number(no)], (document) => !isOf(document));
        for (const block of again) insert.run(block);
      });
    }
  }

  /** Gives free pages back to the file system. */
  shrink(): void {
    this.#db.exec('PRAGMA incremental_vacuum');
  }

  /** Writes the file again without what is left of deleted rows. False if a reader prevents it for now. */
  clean(): boolean {
    this.#db.exec('VACUUM');
    const row = this.#db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()!;
    return Number(row.busy) === 0;
  }

  close(): void {
    this.#db.close();
  }

  #insert(part: NewPart | undefined): void {
    if (part === undefined) return;
    const { lastInsertRowid: no } = this.#db
      .prepare('INSERT INTO text_part (count, documents) VALUES (?, ?)')
      .run(part.count, part.documents);
    const insert = this.#db.prepare('INSERT INTO text_page (part, first_term, data) VALUES (?, ?, ?)');
    for (const { firstTerm, data } of part.pages) insert.run(no, firstTerm, data);
  }

  /** Replaces parts by one with the documents that are kept, within a transaction. */
  #replace(parts: readonly number[], isKept?: (document: TextDocument) => boolean): void {
    this.#insert(
      mergedPart(
        parts.map((no): StoredPart => ({ documents: this.#documents(no), postings: this.#postings(no) })),
        isKept,
      ),
    );
    for (const no of parts) {
      this.#db.prepare('DELETE FROM text_page WHERE part = ?').run(no);
      this.#db.prepare('DELETE FROM text_part WHERE no = ?').run(no);
    }
  }

  #documents(no: number): Buffer {
    const row = this.#db.prepare('SELECT documents FROM text_part WHERE no = ?').get(no)!;
    return Buffer.from(row.documents as Uint8Array);
  }

  *#postings(no: number): Generator<Posting> {
    const pages = this.#db
      .prepare('SELECT data FROM text_page WHERE part = ? ORDER BY first_term')
      .iterate(no);
    for (const { data } of pages) yield* postingsOf(Buffer.from(data as Uint8Array));
  }
}
