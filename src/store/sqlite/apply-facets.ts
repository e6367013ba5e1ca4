import type { Facet, FacetChange } from '../engine/changes.js';
import { RowInserter } from './apply-rows.js';
import type { Database, Statement } from './database.js';

/** The number of a value in `facet_value`. */
interface FacetNumber {
  readonly no: number;
  readonly value: string;
  /** The map that holds it. */
  readonly of: Map<string, FacetNumber>;
  /** Number of sessions to add to its count. */
  gained: number;
  isTouched: boolean;
}

/** Most values whose numbers are kept in memory. */
const MAX_KEPT = 20_000;

/** A row of `session_facet`. */
interface FacetRow {
  readonly facet: number;
  readonly startNs: bigint;
  readonly session: number;
}

/**
 * Writes the rows by which filters find sessions (docs/decisions/007-filter-index.md). Each value is stored
 * once; rows of sessions have its number.
 */
export class FacetRows {
  readonly #rows: RowInserter;
  readonly #delete: Statement;
  readonly #select: Statement;
  readonly #insertValue: Statement;
  readonly #count: Statement;
  readonly #sweep: Statement;
  /** By project, then by kind, then by value. */
  readonly #numbers = new Map<number, Map<string, FacetNumber>[]>();
  #kept = 0;
  #touched: FacetNumber[] = [];

  constructor(db: Database) {
    this.#rows = new RowInserter(db, 'INSERT INTO session_facet (facet, start_ns, session)', 3);
    this.#delete = db.prepare('DELETE FROM session_facet WHERE facet = ? AND start_ns = ? AND session = ?');
    this.#select = db.prepare('SELECT no FROM facet_value WHERE project = ? AND kind = ? AND value = ?');
    this.#insertValue = db.prepare(
      'INSERT INTO facet_value (project, kind, value, count) VALUES (?, ?, ?, 0)',
    );
    this.#count = db.prepare('UPDATE facet_value SET count = count + ? WHERE no = ?');
    this.#sweep = db.prepare('DELETE FROM facet_value WHERE no = ? AND count = 0');
  }

  /** Must be called inside a transaction. Each session must be changed at most once. */
  write(changes: readonly FacetChange[]): void {
    const rows: FacetRow[] = [];
    for (const { project, no, gone, come } of changes) {
      for (const facet of gone.facets) {
        this.#delete.run(this.#number(project, facet, -1), gone.startNs, no);
      }
      for (const facet of come.facets) {
        rows.push({ facet: this.#number(project, facet, 1), startNs: come.startNs, session: no });
      }
    }
    // Neighbouring rows share a page.
    rows.sort((a, b) => a.facet - b.facet || (a.startNs < b.startNs ? -1 : 1));
    for (const { facet, startNs, session } of rows) this.#rows.add(facet, startNs, session);
    this.#rows.flush();
    this.#writeCounts();
  }

  /** Must be called after a rollback, because its new numbers may be assigned again. */
  forget(): void {
    this.#clear();
    this.#touched = [];
    this.#rows.forget();
  }

  #writeCounts(): void {
    for (const facet of this.#touched) {
      const { no, gained, of, value } = facet;
      if (gained !== 0) this.#count.run(gained, no);
      if (gained <= 0 && this.#sweep.run(no).changes > 0 && of.delete(value)) this.#kept--;
      facet.gained = 0;
      facet.isTouched = false;
    }
    this.#touched = [];
    if (this.#kept > MAX_KEPT) this.#clear();
  }

  #clear(): void {
    this.#numbers.clear();
    this.#kept = 0;
  }

  #number(project: number, { kind, value }: Facet, gained: 1 | -1): number {
    let kinds = this.#numbers.get(project);
    if (kinds === undefined) {
      kinds = [];
      this.#numbers.set(project, kinds);
    }
    kinds[kind] ??= new Map();
    const of = kinds[kind];
    let facet = of.get(value);
    if (facet === undefined) {
      const no =
        this.#select.get(project, kind, value)?.no ??
        this.#insertValue.run(project, kind, value).lastInsertRowid;
      facet = { no: Number(no), value, of, gained: 0, isTouched: false };
      of.set(value, facet);
      this.#kept++;
    }
    facet.gained += gained;
    if (!facet.isTouched) {
      facet.isTouched = true;
      this.#touched.push(facet);
    }
    return facet.no;
  }
}
