import type { Buffer } from 'node:buffer';
import { DamagedBlockError } from '../../records/log.js';
import { decodeDocuments, type TextDocument } from '../../search/text/documents.js';
import { mergedPart, partsToMerge } from '../../search/text/merging.js';
import { type NewPart, PartMaker } from '../../search/text/part-maker.js';
import { postingsOf } from '../../search/text/posting-part.js';
import type { IndexedPage, TextIndex, TextIndexRows, TextIndexState } from '../../search/text/text-index.js';
import { BLOCK_COLUMNS, decodeBlock } from '../block-row.js';
import { KEPT_SCHEMA_NAME } from '../schema.js';
import { type AsyncSession, byteas, int8s, type Row } from '../statement.js';

/**
 * The index of content search, in a schema of its own: derived from the log and made again if it is missing
 * (docs/decisions/022-content-search.md). A trigger of the log notes the blocks that are written again.
 */

export const TEXT_SCHEMA = 'sojourn_text';

/** Changes with the tables, the form of parts, what words are and which texts are indexed. */
const FORMAT = '2';

const TABLES = `
  CREATE SCHEMA ${TEXT_SCHEMA};
  CREATE TABLE ${TEXT_SCHEMA}.meta (key text PRIMARY KEY, value text NOT NULL);
  INSERT INTO ${TEXT_SCHEMA}.meta (key, value) VALUES ('format', '${FORMAT}'), ('indexed_to', '0'), ('changes', '0');
  CREATE TABLE ${TEXT_SCHEMA}.part (
    no int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    count int4 NOT NULL,
    documents bytea NOT NULL
  );
  CREATE TABLE ${TEXT_SCHEMA}.page (part int8 NOT NULL, first_term bytea NOT NULL, data bytea NOT NULL);
  ALTER TABLE ${TEXT_SCHEMA}.page ALTER COLUMN data SET STORAGE EXTERNAL;
  CREATE UNIQUE INDEX page_by_term ON ${TEXT_SCHEMA}.page (part, first_term);
  -- Blocks that are to be indexed again.
  CREATE TABLE ${TEXT_SCHEMA}.again (block int8 PRIMARY KEY);
  -- Blocks that were written again, and are in documents with what they had before.
  CREATE TABLE ${TEXT_SCHEMA}.changed (block int8 PRIMARY KEY);
  CREATE FUNCTION ${TEXT_SCHEMA}.note_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO ${TEXT_SCHEMA}.changed (block) VALUES (NEW.number) ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
  CREATE TRIGGER text_changed AFTER UPDATE OF data ON ${KEPT_SCHEMA_NAME}.log_block
    FOR EACH ROW WHEN (NEW.number IS NOT NULL) EXECUTE FUNCTION ${TEXT_SCHEMA}.note_change();
`;

/** Who reads blocks and then writes a part must find this number as it was before. */
const COUNT_CHANGE = `UPDATE ${TEXT_SCHEMA}.meta SET value = (value::int8 + 1)::text WHERE key = 'changes'`;

/** One process at a time creates the index. The number is arbitrary, and fixed. */
const PREPARE_LOCK = 7_305_437_120_163n;

/** Blocks are indexed when they have this many bytes in all. */
const LEAST_BYTES = 1024 * 1024;

/** Most bytes of the blocks of a new part, compressed, and the most blocks that are looked at for it. */
const PART_BYTES = 2 * 1024 * 1024;
const MOST_BLOCKS = 20_000;

/** Blocks that are read at a time. */
const BLOCKS_AT_ONCE = 64;

/** Pages that are written at a time. */
const PAGES_AT_ONCE = 256;

/** The index as rows, by a connection of its own. */
export class TextTables {
  readonly #session: AsyncSession;

  constructor(session: AsyncSession) {
    this.#session = session;
  }

  /** Whether there is an index of this program. */
  async #exists(): Promise<boolean> {
    return (await hasIndex(this.#session)) && (await this.#meta('format')) === FORMAT;
  }

  /** Creates the index, unless there is one of this program. */
  async prepare(): Promise<void> {
    await this.#within(async () => {
      await this.#run('SELECT pg_advisory_xact_lock($1::int8)', PREPARE_LOCK);
      if (await this.#exists()) return;
      await this.#run(`DROP SCHEMA IF EXISTS ${TEXT_SCHEMA} CASCADE`);
      await this.#run(TABLES);
    });
  }

  /** Does a step: forgets blocks, makes a part, or merges parts. Returns whether there was anything to do. */
  async step(leastBytes = LEAST_BYTES): Promise<boolean> {
    const changed = numbersIn(await this.#run(`SELECT block FROM ${TEXT_SCHEMA}.changed`));
    if (changed.length > 0) {
      await this.forget(changed);
      return true;
    }
    const changes = await this.#meta('changes');
    const again = numbersIn(
      await this.#run(`SELECT block FROM ${TEXT_SCHEMA}.again ORDER BY block LIMIT ${MOST_BLOCKS}`),
    );
    if (again.length > 0) {
      const made = await this.#makePart(again);
      await this.#change(changes, async () => {
        await this.#insert(made.part);
        await this.#run(`DELETE FROM ${TEXT_SCHEMA}.again WHERE block = ANY($1::int8[])`, int8s(made.ids));
      });
      return true;
    }
    const from = Number(await this.#meta('indexed_to')) + 1;
    const rows = await this.#run(
      `SELECT number, octet_length(data) FROM ${KEPT_SCHEMA_NAME}.log_block WHERE number >= $1::int8 ORDER BY number LIMIT ${MOST_BLOCKS}`,
      BigInt(from),
    );
    const bytes = rows.reduce((sum, row) => sum + Number(row[1]), 0);
    if (rows.length === MOST_BLOCKS || (rows.length > 0 && bytes >= leastBytes)) {
      const made = await this.#makePart(numbersIn(rows));
      await this.#change(changes, async () => {
        await this.#insert(made.part);
        await this.#setMeta('indexed_to', String(made.ids.at(-1)!));
        if (made.part !== undefined) await this.#setMeta('until_ns', String(made.untilNs));
      });
      return true;
    }
    return this.#merge();
  }

  /** Removes all documents that have any of these blocks. Their blocks are to be indexed again. */
  async forget(blocks: readonly number[]): Promise<void> {
    const gone = new Set(blocks);
    const isOf = (document: TextDocument): boolean => document.blocks.some((block) => gone.has(block));
    await this.#within(async () => {
      // Waits for a part that is being written.
      await this.#run(COUNT_CHANGE);
      for (const [no, , documents] of await this.#parts()) {
        const again = decodeDocuments(documents).flatMap((each) => (isOf(each) ? each.blocks : []));
        if (again.length === 0) continue;
        await this.#replace([[no, documents]], (document) => !isOf(document));
        await this.#run(
          `INSERT INTO ${TEXT_SCHEMA}.again (block) SELECT unnest($1::int8[]) ON CONFLICT DO NOTHING`,
          int8s(again),
        );
      }
      // Waits for transactions that wrote a block again: one that is not committed may have found its block noted
      // already, and this note would be gone before others see what it wrote. It holds no row that they wait for.
      await this.#run(`LOCK TABLE ${TEXT_SCHEMA}.changed IN SHARE ROW EXCLUSIVE MODE`);
      await this.#run(`DELETE FROM ${TEXT_SCHEMA}.changed WHERE block = ANY($1::int8[])`, int8s(blocks));
    });
  }

  async #merge(): Promise<boolean> {
    const parts = await this.#parts();
    const merged = partsToMerge(parts.map(([no, count]) => ({ no, count })));
    if (merged.length === 0) return false;
    const numbers = new Set(merged.map(({ no }) => no));
    await this.#change(await this.#meta('changes'), () =>
      this.#replace(parts.flatMap(([no, , documents]) => (numbers.has(no) ? [[no, documents]] : []))),
    );
    return true;
  }

  /** Indexes the first of these blocks, until a part is full. */
  async #makePart(blocks: readonly number[]) {
    const maker = new PartMaker();
    const ids: number[] = [];
    let bytes = 0;
    let untilNs = 0n;
    for (let at = 0; at < blocks.length && bytes < PART_BYTES; at += BLOCKS_AT_ONCE) {
      const some = blocks.slice(at, at + BLOCKS_AT_ONCE);
      const rows = await this.#run(
        `SELECT ${BLOCK_COLUMNS}, least_ns, greatest_ns FROM ${KEPT_SCHEMA_NAME}.log_block WHERE number = ANY($1::int8[]) ORDER BY number`,
        int8s(some),
      );
      for (const row of rows) {
        try {
          const block = decodeBlock(row);
          const [leastNs, greatestNs] = row.slice(-2) as [bigint, bigint];
          maker.add({ ...block, leastNs, greatestNs });
          bytes += block.bytes.length;
          if (block.records > 0) untilNs = greatestNs;
        } catch (error) {
          // Nobody can read it.
          if (!(error instanceof DamagedBlockError)) throw error;
        }
      }
      ids.push(...some);
    }
    return { part: maker.part(), ids, untilNs };
  }

  async #parts(): Promise<[no: number, count: number, documents: Buffer][]> {
    const rows = await this.#run(`SELECT no, count, documents FROM ${TEXT_SCHEMA}.part ORDER BY no`);
    return rows.map(([no, count, documents]) => [Number(no), Number(count), documents as Buffer]);
  }

  /** Replaces parts by one with the documents that are kept. */
  async #replace(
    parts: readonly (readonly [no: number, documents: Buffer])[],
    isKept?: (document: TextDocument) => boolean,
  ): Promise<void> {
    const stored = [];
    for (const [no, documents] of parts) {
      const pages = await this.#run(
        `SELECT data FROM ${TEXT_SCHEMA}.page WHERE part = $1::int8 ORDER BY first_term`,
        BigInt(no),
      );
      const postings = function* () {
        for (const [data] of pages) yield* postingsOf(data as Buffer);
      };
      stored.push({ documents, postings: postings() });
    }
    await this.#insert(mergedPart(stored, isKept));
    const numbers = int8s(parts.map(([no]) => no));
    await this.#run(`DELETE FROM ${TEXT_SCHEMA}.page WHERE part = ANY($1::int8[])`, numbers);
    await this.#run(`DELETE FROM ${TEXT_SCHEMA}.part WHERE no = ANY($1::int8[])`, numbers);
  }

  async #insert(part: NewPart | undefined): Promise<void> {
    if (part === undefined) return;
    const [row] = await this.#run(
      `INSERT INTO ${TEXT_SCHEMA}.part (count, documents) VALUES ($1::int4, $2::bytea) RETURNING no`,
      part.count,
      part.documents,
    );
    const no = row![0] as bigint;
    let terms: Buffer[] = [];
    let datas: Buffer[] = [];
    const write = async (): Promise<void> => {
      await this.#run(
        `INSERT INTO ${TEXT_SCHEMA}.page (part, first_term, data) SELECT $1::int8, * FROM unnest($2::bytea[], $3::bytea[])`,
        no,
        byteas(terms),
        byteas(datas),
      );
      terms = [];
      datas = [];
    };
    for (const { firstTerm, data } of part.pages) {
      terms.push(firstTerm);
      datas.push(data);
      if (terms.length === PAGES_AT_ONCE) await write();
    }
    await write();
  }

  /** Runs changes in a transaction, unless there were others since `changes` was read. */
  async #change(changes: string | undefined, work: () => Promise<void>): Promise<void> {
    await this.#within(async () => {
      const [row] = await this.#run(`SELECT value FROM ${TEXT_SCHEMA}.meta WHERE key = 'changes' FOR UPDATE`);
      if (row?.[0] !== changes) return;
      await this.#run(COUNT_CHANGE);
      await work();
    });
  }

  async #within(work: () => Promise<void>): Promise<void> {
    await this.#run('BEGIN');
    try {
      await work();
      await this.#run('COMMIT');
    } catch (error) {
      await this.#run('ROLLBACK').catch(() => {});
      throw error;
    }
  }

  async #meta(key: string): Promise<string | undefined> {
    const [row] = await this.#run(`SELECT value FROM ${TEXT_SCHEMA}.meta WHERE key = $1`, key);
    return row?.[0] as string | undefined;
  }

  async #setMeta(key: string, value: string): Promise<void> {
    await this.#run(
      `INSERT INTO ${TEXT_SCHEMA}.meta AS m (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      key,
      value,
    );
  }

  async #run(text: string, ...values: (string | number | bigint | Uint8Array)[]): Promise<readonly Row[]> {
    return (await this.#session.run({ text, values })).rows;
  }
}

/** Whether there is an index, of any program. */
export async function hasIndex(session: AsyncSession): Promise<boolean> {
  const { rows } = await session.run({ text: `SELECT to_regclass('${TEXT_SCHEMA}.page') IS NOT NULL` });
  return rows[0]?.[0] === true;
}

function numbersIn(rows: readonly Row[]): number[] {
  return rows.map(([number]) => Number(number));
}

/** The index for a reader, in a transaction that has begun. Where there is none, it is empty. */
export class TextReader implements TextIndex, TextIndexRows {
  readonly #session: AsyncSession;

  constructor(session: AsyncSession) {
    this.#session = session;
  }

  snapshot<T>(work: (rows: TextIndexRows) => Promise<T>): Promise<T> {
    return work(this);
  }

  async state(): Promise<TextIndexState> {
    const run = async (text: string): Promise<readonly Row[]> => (await this.#session.run({ text })).rows;
    const none: TextIndexState = { parts: [], indexedTo: 0, again: [] };
    if (!(await hasIndex(this.#session))) return none;
    const rows = (await run(`SELECT key, value FROM ${TEXT_SCHEMA}.meta`)) as [string, string][];
    const meta = new Map(rows);
    if (meta.get('format') !== FORMAT) return none;
    const until = meta.get('until_ns');
    return {
      parts: numbersIn(await run(`SELECT no FROM ${TEXT_SCHEMA}.part ORDER BY no`)),
      indexedTo: Number(meta.get('indexed_to')),
      again: numbersIn(await run(`SELECT block FROM ${TEXT_SCHEMA}.again ORDER BY block`)),
      ...(until !== undefined && { untilNs: BigInt(until) }),
    };
  }

  async documents(part: number): Promise<Buffer> {
    const { rows } = await this.#session.run({
      text: `SELECT documents FROM ${TEXT_SCHEMA}.part WHERE no = $1::int8`,
      values: [BigInt(part)],
    });
    return rows[0]![0] as Buffer;
  }

  async pages(term: Buffer, below: Buffer): Promise<IndexedPage[]> {
    const { rows } = await this.#session.run({
      text: `SELECT g.part, g.data FROM ${TEXT_SCHEMA}.part AS p CROSS JOIN LATERAL (
          SELECT part, first_term, data FROM ${TEXT_SCHEMA}.page
          WHERE part = p.no AND first_term < $2::bytea AND first_term >= coalesce(
            (SELECT first_term FROM ${TEXT_SCHEMA}.page WHERE part = p.no AND first_term <= $1::bytea
              ORDER BY first_term DESC LIMIT 1), ''::bytea)
        ) AS g ORDER BY g.part, g.first_term`,
      values: [term, below],
    });
    return rows.map(([part, data]) => ({ part: Number(part), data: data as Buffer }));
  }
}
