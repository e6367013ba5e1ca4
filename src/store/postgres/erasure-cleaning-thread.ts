import { Buffer } from 'node:buffer';
import { parentPort, workerData } from 'node:worker_threads';
import { type FoundBytes, Needles } from '../engine/needles.js';
import { BLOCK_COLUMNS, decodeBlock } from './block-row.js';
import { Connection } from './connection.js';
import { int8s, type Row } from './statement.js';
import { hasIndex, TEXT_SCHEMA, TextTables } from './text/text-tables.js';

/** Vacuums tables that an erasure has deleted rows of, searches them for what was erased, and ends. */

/** How long a statement may take, ms: vacuuming a large table takes minutes. */
const STATEMENT_MS = 6 * 3_600_000;

/** Pages of a table that are read at once: 4 MB as a rule. */
const PAGES = 512;

/** Blocks of the log that are read at once. */
const BLOCKS = 64;

export interface CleaningOptions {
  readonly url: string;
  readonly keptSchema: string;
  readonly rowsSchema: string;
  /** The tables of decisions to vacuum. Without: the log, and all tables of rows. */
  readonly tables?: readonly string[];
  readonly search?: {
    readonly needles: readonly Uint8Array[];
    /** Blocks of the log that have lost records. */
    readonly blocks: readonly number[];
  };
}

/** A table with the columns that are searched. */
interface SearchedTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly sql: string }[];
}

export type FromCleaning =
  | {
      readonly kind: 'done';
      /** How many tables were vacuumed, and which were not since their owner is another role. */
      readonly vacuumed: number;
      readonly notVacuumed: readonly string[];
      /** How many tables were searched. */
      readonly searched: number;
      readonly found: readonly FoundBytes[];
    }
  | { readonly kind: 'failed'; readonly message: string };

const { url, keptSchema, rowsSchema, tables, search }: CleaningOptions = workerData;

async function main(): Promise<void> {
  const connection = await Connection.open({ url, purpose: 'erasure', statementMs: STATEMENT_MS });
  try {
    // The index of texts loses what the blocks have lost, before it is vacuumed.
    const hasTexts = await hasIndex(connection);
    if (hasTexts && search !== undefined) await new TextTables(connection).forget(search.blocks);
    const { vacuumed, notVacuumed } = await vacuum(connection, hasTexts);
    const needles = new Needles(search?.needles ?? []);
    const searched = search === undefined ? [] : await searchedTables(connection);
    const found: FoundBytes[] = [];
    for (const table of searched) found.push(...(await searchTable(connection, table, needles)));
    found.push(...(await searchBlocks(connection, search?.blocks ?? [], needles)));
    send({ kind: 'done', vacuumed, notVacuumed, searched: searched.length, found });
  } finally {
    await connection.close();
  }
}

function send(message: FromCleaning): void {
  parentPort!.postMessage(message);
}

/** New samples for the planner too: the old ones may have ids that were erased. */
async function vacuum(connection: Connection, hasTexts: boolean) {
  const { rows } = await connection.run({
    text: `SELECT n.nspname::text, c.relname::text, pg_has_role(c.relowner, 'USAGE')
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND (n.nspname = $1 AND c.relname = ANY($2::text[]) OR n.nspname = ANY($3::text[])) ORDER BY 1, 2`,
    values: [
      ...[keptSchema, `{${(tables ?? ['log_block']).join(',')}}`],
      tables === undefined ? `{${[rowsSchema, ...(hasTexts ? [TEXT_SCHEMA] : [])].join(',')}}` : '{}',
    ],
  });
  const all = rows as [string, string, boolean][];
  const permitted = all.filter(([, , isPermitted]) => isPermitted);
  for (const [schema, table] of permitted) {
    await connection.run({ text: `VACUUM (ANALYZE) ${schema}.${table}` });
  }
  const notVacuumed = all
    .filter(([, , isPermitted]) => !isPermitted)
    .map(([schema, name]) => `${schema}.${name}`);
  return { vacuumed: permitted.length, notVacuumed };
}

/** All tables of rows that have texts or bytes. */
async function searchedTables(connection: Connection): Promise<SearchedTable[]> {
  const { rows } = await connection.run({
    text: `SELECT c.relname::text, a.attname::text, a.atttypid::regtype::text
      FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
      WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND a.atttypid IN ('bytea'::regtype, 'text'::regtype, 'bytea[]'::regtype) ORDER BY 1, a.attnum`,
    values: [rowsSchema],
  });
  const found = new Map<string, { name: string; sql: string }[]>();
  for (const [table, name, type] of rows as [string, string, string][]) {
    const sql =
      type === 'bytea[]' ? `(SELECT string_agg(each, ''::bytea) FROM unnest(${name}) AS each)` : name;
    found.set(table, [...(found.get(table) ?? []), { name, sql }]);
  }
  return [...found].map(([name, columns]) => ({ name, columns }));
}

async function searchTable(
  connection: Connection,
  { name, columns }: SearchedTable,
  needles: Needles,
): Promise<FoundBytes[]> {
  const found = new Map<string, FoundBytes>();
  const pages = async (): Promise<number> => {
    const text = `SELECT (pg_relation_size($1::regclass) / current_setting('block_size')::int8)::int4`;
    return (await connection.run({ text, values: [`${rowsSchema}.${name}`] })).rows[0]![0] as number;
  };
  for (let page = 0; page < (await pages()); page += PAGES) {
    const { rows } = await connection.run({
      text: `SELECT ${columns.map(({ sql }) => sql).join(', ')} FROM ${rowsSchema}.${name}
        WHERE ctid >= '(${page},0)'::tid AND ctid < '(${page + PAGES},0)'::tid`,
    });
    for (const row of rows) {
      for (const [i, bytes] of bytesIn(row).entries()) {
        for (const [needle, offset] of needles.in(bytes)) {
          const where = `${name}.${columns[i]!.name}`;
          found.set(`${where} ${needle}`, { where, offset, needle });
        }
      }
    }
  }
  return [...found.values()];
}

const NONE = Buffer.alloc(0);

/** Texts as UTF-8. */
function bytesIn(row: Row): Buffer[] {
  return row.map((value) =>
    typeof value === 'string' ? Buffer.from(value) : ((value as Buffer | null) ?? NONE),
  );
}

async function searchBlocks(
  connection: Connection,
  numbers: readonly number[],
  needles: Needles,
): Promise<FoundBytes[]> {
  const found: FoundBytes[] = [];
  for (let from = 0; from < numbers.length; from += BLOCKS) {
    const { rows } = await connection.run({
      text: `SELECT ${BLOCK_COLUMNS} FROM ${keptSchema}.log_block WHERE number = ANY($1::int8[])`,
      values: [int8s(numbers.slice(from, from + BLOCKS))],
    });
    for (const row of rows) {
      const { id, bytes } = decodeBlock(row);
      for (const [needle, offset] of needles.in(bytes)) found.push({ where: `block ${id}`, offset, needle });
    }
  }
  return found;
}

main().catch(({ message }: Error) => send({ kind: 'failed', message }));
