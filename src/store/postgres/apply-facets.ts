import type { Facet, FacetChange } from '../engine/changes.js';
import { forRows } from './apply-rows.js';
import { byteas, int4s, int8s, type Statement, utf8, type Value } from './statement.js';

/**
 * The rows by which filters find sessions (docs/decisions/007-filter-index.md). Values are stored once, and
 * are numbers in the rows of sessions. The database looks up the numbers.
 */

interface FacetKey extends Facet {
  readonly project: number;
}

interface FacetRow extends FacetKey {
  readonly startNs: bigint;
  readonly session: number;
}

/** By how many sessions the count of a value changes. */
interface Count extends FacetKey {
  added: number;
}

/**
 * OFFSET 0: values are looked up first. Before a new table is analysed, PostgreSQL would search all of it for the
 * start and session of each row instead.
 */
const DELETE_ROWS = `
  DELETE FROM session_facet AS f
  USING (
    SELECT v.no, q.start_ns, q.session
    FROM unnest($1::int4[], $2::int4[], $3::bytea[], $4::int8[], $5::int8[]) AS q (project, kind, value, start_ns, session)
    JOIN facet_value AS v USING (project, kind, value) OFFSET 0
  ) AS q
  WHERE f.facet = q.no AND f.start_ns = q.start_ns AND f.session = q.session`;

const ADD_TO_COUNTS = `
  INSERT INTO facet_value AS v (project, kind, value, count)
  SELECT * FROM unnest($1::int4[], $2::int4[], $3::bytea[], $4::int8[])
  ON CONFLICT (project, kind, value) DO UPDATE SET count = v.count + excluded.count`;

const INSERT_ROWS = `
  INSERT INTO session_facet (facet, start_ns, session)
  SELECT v.no, q.start_ns, q.session
  FROM unnest($1::int4[], $2::int4[], $3::bytea[], $4::int8[], $5::int8[]) AS q (project, kind, value, start_ns, session)
  JOIN facet_value AS v USING (project, kind, value)`;

const SWEEP_VALUES = `
  DELETE FROM facet_value AS v USING unnest($1::int4[], $2::int4[], $3::bytea[]) AS q (project, kind, value)
  WHERE v.project = q.project AND v.kind = q.kind AND v.value = q.value AND v.count = 0`;

/** In this order: rows are found by the values that they have lost, and by those that they have gained. */
export function facetStatements(changes: readonly FacetChange[]): Statement[] {
  const gone: FacetRow[] = [];
  const come: FacetRow[] = [];
  const counts = new Counts();
  for (const { project, no: session, ...change } of changes) {
    for (const { kind, value } of change.gone.facets) {
      gone.push({ project, kind, value, startNs: change.gone.startNs, session });
      counts.add(project, kind, value, -1);
    }
    for (const { kind, value } of change.come.facets) {
      come.push({ project, kind, value, startNs: change.come.startNs, session });
      counts.add(project, kind, value, 1);
    }
  }
  const all = counts.all();
  const changed = all.filter(({ added }) => added !== 0);
  const lessened = all.filter(({ added }) => added < 0);
  return [
    ...forRows('delete_facets', DELETE_ROWS, gone, rowValues),
    ...forRows('add_to_facet_counts', ADD_TO_COUNTS, changed, (all) => [
      ...keyValues(all),
      int8s(all.map(({ added }) => added)),
    ]),
    ...forRows('insert_facets', INSERT_ROWS, come, rowValues),
    ...forRows('sweep_facets', SWEEP_VALUES, lessened, keyValues),
  ];
}

/** The changes of the counts of values, each once. */
class Counts {
  /** By project, then by kind, then by value. */
  readonly #counts = new Map<number, Map<number, Map<string, Count>>>();

  add(project: number, kind: number, value: string, added: number): void {
    const values = madeIn(madeIn(this.#counts, project), kind);
    const count = values.get(value);
    if (count === undefined) values.set(value, { project, kind, value, added });
    else count.added += added;
  }

  all(): Count[] {
    return [...this.#counts.values()].flatMap((kinds) =>
      [...kinds.values()].flatMap((values) => [...values.values()]),
    );
  }
}

function madeIn<A, B>(map: Map<number, Map<A, B>>, key: number): Map<A, B> {
  let found = map.get(key);
  if (found === undefined) {
    found = new Map();
    map.set(key, found);
  }
  return found;
}

function keyValues(all: readonly FacetKey[]): Value[] {
  return [
    int4s(all.map(({ project }) => project)),
    int4s(all.map(({ kind }) => kind)),
    byteas(all.map(({ value }) => utf8(value))),
  ];
}

function rowValues(all: readonly FacetRow[]): Value[] {
  return [
    ...keyValues(all),
    int8s(all.map(({ startNs }) => startNs)),
    int8s(all.map(({ session }) => session)),
  ];
}
