import type { Facet, FacetChange } from '../engine/changes.js';
import type { Database, Statement } from './database.js';

/** The number of a value in `facet_value`. */
interface FacetNumber {
  readonly no: number;
  /** By how many sessions its count is to grow. */
  gained: number;
}

/** Values whose numbers are kept in memory. */
const MAX_KEPT = 20_000;

/** Rows of one INSERT. A call costs about as much as two rows. */
const ROWS_AT_ONCE = 32;
const COLUMNS = 4;
const ROW = '(?, ?, ?, ?)';

type Value = number | bigint | string;

/** The rows by which filters find sessions (docs/decisions/007-filter-index.md). Values are stored once, and are numbers in the rows of sessions. */
export class FacetRows {
  readonly #insert: Statement;
  readonly #insertMany: Statement;
  readonly #delete: Statement;
  readonly #select: Statement;
  readonly #insertValue: Statement;
  readonly #count: Statement;
  readonly #sweep: Statement;
  /** By project, kind and value. */
  readonly #numbers = new Map<string, FacetNumber>();
  readonly #touched = new Map<string, FacetNumber>();

  constructor(db: Database) {
    const insert = 'INSERT INTO session_facet (facet, start_ns, id, session) VALUES';
    this.#insert = db.prepare(`${insert} ${ROW}`);
    this.#insertMany = db.prepare(`${insert} ${new Array(ROWS_AT_ONCE).fill(ROW).join(', ')}`);
    this.#delete = db.prepare('DELETE FROM session_facet WHERE facet = ? AND start_ns = ? AND id = ?');
    this.#select = db.prepare('SELECT no FROM facet_value WHERE project = ? AND kind = ? AND value = ?');
    this.#insertValue = db.prepare(
      'INSERT INTO facet_value (project, kind, value, count) VALUES (?, ?, ?, 0)',
    );
    this.#count = db.prepare('UPDATE facet_value SET count = count + ? WHERE no = ?');
    this.#sweep = db.prepare('DELETE FROM facet_value WHERE no = ? AND count = 0');
  }

  /** Runs inside a transaction. A session is changed once at most. */
  write(changes: readonly FacetChange[]): void {
    let rows: Value[] = [];
    for (const { project, id, no, gone, come } of changes) {
      for (const facet of gone.facets) {
        this.#delete.run(this.#number(project, facet, -1), gone.startNs, id);
      }
      for (const facet of come.facets) {
        rows.push(this.#number(project, facet, 1), come.startNs, id, no);
        if (rows.length < ROWS_AT_ONCE * COLUMNS) continue;
        this.#insertMany.run(...rows);
        rows = [];
      }
    }
    for (let at = 0; at < rows.length; at += COLUMNS) this.#insert.run(...rows.slice(at, at + COLUMNS));
    this.#writeCounts();
  }

  /** Numbers that were given in a transaction that was rolled back may be given again. */
  forget(): void {
    this.#numbers.clear();
    this.#touched.clear();
  }

  #writeCounts(): void {
    for (const [at, facet] of this.#touched) {
      const { no, gained } = facet;
      if (gained !== 0) this.#count.run(gained, no);
      if (gained <= 0 && this.#sweep.run(no).changes > 0) this.#numbers.delete(at);
      facet.gained = 0;
    }
    this.#touched.clear();
    if (this.#numbers.size > MAX_KEPT) this.#numbers.clear();
  }

  #number(project: number, { kind, value }: Facet, gained: 1 | -1): number {
    const at = `${project} ${kind} ${value}`;
    let facet = this.#numbers.get(at);
    if (facet === undefined) {
      const no =
        this.#select.get(project, kind, value)?.no ??
        this.#insertValue.run(project, kind, value).lastInsertRowid;
      facet = { no: Number(no), gained: 0 };
      this.#numbers.set(at, facet);
    }
    facet.gained += gained;
    this.#touched.set(at, facet);
    return facet.no;
  }
}
