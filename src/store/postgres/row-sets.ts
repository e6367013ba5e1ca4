import { randomBytes } from 'node:crypto';
import { FACTS_VERSION } from '../../normalize/create.js';
import { factsVersionOf, RULES_VERSION } from '../engine/identity.js';
import { STATE_KEYS } from '../engine/state-keys.js';
import { KEPT_SCHEMA_NAME, ROW_TABLES, ROWS_VERSION, ROWS_VERSION_KEY, rowsSchema } from './schema.js';
import type { Statement, SyncSession } from './statement.js';

type Meta = ReadonlyMap<string, string>;

/** The versions of rules, facts and tables under which rows were made, as text, if one is newer than this program's. */
export function newerVersions(meta: Meta): string | undefined {
  const rules = Number(meta.get(STATE_KEYS.rules) ?? RULES_VERSION);
  const facts = factsVersionOf(meta.get(STATE_KEYS.settings) ?? '') ?? FACTS_VERSION;
  const tables = Number(meta.get(ROWS_VERSION_KEY) ?? ROWS_VERSION);
  if (rules <= RULES_VERSION && facts <= FACTS_VERSION && tables <= ROWS_VERSION) return undefined;
  return `rules ${rules}, facts ${facts}, tables ${tables}; this one knows ${RULES_VERSION}, ${FACTS_VERSION} and ${ROWS_VERSION}`;
}

/**
 * The sets of derived rows, each in a schema of its own. Readers have the one that `setting.rows` names.
 * Where rows have to be made again, that is done in the next set, which readers get once it is whole. Only the
 * holder of the lease changes them.
 */
export class RowSets {
  readonly #session: SyncSession;
  readonly #fence: () => Statement;
  /** What readers have; undefined where there is none yet. */
  #current: number | undefined;
  #written: number;
  /** A set that processes of a newer version have begun to make. They go on with it when they hold the lease. */
  #ofNewer: number | undefined;

  /**
   * Finds the set that goes on: that of the readers if it was made under `wanted` (`rowIdentity` by the names of
   * the engine's state), else the next one, which is created if it is missing or was made under something else.
   * @throws DatabaseError
   */
  constructor(session: SyncSession, fence: () => Statement, wanted: Readonly<Record<string, unknown>>) {
    this.#session = session;
    this.#fence = fence;
    this.#current = this.#named('rows');
    const next = this.#named('next_rows');
    const given = this.#named('given_up_rows');
    const fitting = [this.#current, next].find(
      (no) => no !== undefined && no !== given && this.#isOf(no, wanted),
    );
    this.#written = fitting ?? this.#create(next);
    const isNewer = next !== undefined && newerVersions(this.#metaOf(next) ?? new Map()) !== undefined;
    this.#ofNewer = isNewer ? next : undefined;
    // Where there is no earlier set, or one that readers of this version cannot read, they see the new one grow.
    if (this.#current === undefined || !this.#isReadable(this.#current)) this.adopt();
  }

  /** The number of the set that is written. */
  get written(): number {
    return this.#written;
  }

  /** The number of the set that readers have. */
  get current(): number {
    return this.#current ?? this.#written;
  }

  /** Whether rows are made again, and readers see those that were there before. */
  get isRemaking(): boolean {
    return this.#written !== this.#current;
  }

  /** Gives readers the set that is written, and removes the others. @throws DatabaseError */
  adopt(): void {
    this.#session.run([
      { text: 'BEGIN' },
      this.#setting('rows', this.#written),
      { text: `DELETE FROM ${KEPT_SCHEMA_NAME}.setting WHERE key IN ('next_rows', 'given_up_rows')` },
      this.#fence(),
      { text: 'COMMIT' },
    ]);
    this.#current = this.#written;
  }

  /** The set that is written cannot be gone on with: whoever takes the lease next makes another. @throws DatabaseError */
  giveUp(): void {
    this.#session.run([
      { text: 'BEGIN' },
      this.#setting('given_up_rows', this.#written),
      this.#fence(),
      { text: 'COMMIT' },
    ]);
  }

  /** Removes sets that nobody reads any more. @throws DatabaseError while somebody does; then it is to be tried again. */
  sweep(): void {
    const [found] = this.#session.run([
      { text: `SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'sojourn\\_rows\\_%'` },
    ]);
    const kept = new Set([this.#current, this.#written, this.#ofNewer].map((no) => rowsSchema(no ?? -1)));
    for (const [name] of found!.rows as [string][]) {
      if (kept.has(name)) continue;
      this.#session.run([
        { text: 'BEGIN' },
        { text: `SET LOCAL lock_timeout TO '500ms'` },
        { text: `DROP SCHEMA ${name} CASCADE` },
        this.#fence(),
        { text: 'COMMIT' },
      ]);
    }
  }

  /** Has whoever was making another set begin anew. @throws DatabaseError */
  forgetOthers(): void {
    if (this.#ofNewer === undefined && this.#named('next_rows') === undefined) return;
    this.#session.run([
      { text: 'BEGIN' },
      { text: `DELETE FROM ${KEPT_SCHEMA_NAME}.setting WHERE key = 'next_rows'` },
      this.#fence(),
      { text: 'COMMIT' },
    ]);
    this.#ofNewer = undefined;
  }

  #named(key: 'rows' | 'next_rows' | 'given_up_rows'): number | undefined {
    const [found] = this.#session.run([
      { text: `SELECT value FROM ${KEPT_SCHEMA_NAME}.setting WHERE key = $1`, values: [key] },
    ]);
    const value = found!.rows[0]?.[0];
    return value === undefined ? undefined : Number(value);
  }

  /** undefined if there is no such set. */
  #metaOf(no: number): Meta | undefined {
    const [exists] = this.#session.run([
      { text: 'SELECT to_regclass($1) IS NOT NULL', values: [`${rowsSchema(no)}.meta`] },
    ]);
    if (exists!.rows[0]![0] !== true) return undefined;
    const [found] = this.#session.run([{ text: `SELECT key, value FROM ${rowsSchema(no)}.meta` }]);
    return new Map(found!.rows as [string, string][]);
  }

  #isReadable(no: number): boolean {
    return this.#metaOf(no)?.get(ROWS_VERSION_KEY) === String(ROWS_VERSION);
  }

  #isOf(no: number, wanted: Readonly<Record<string, unknown>>): boolean {
    const meta = this.#metaOf(no);
    if (meta?.get(ROWS_VERSION_KEY) !== String(ROWS_VERSION)) return false;
    return Object.entries(wanted).every(([name, value]) => {
      const stored = meta.get(STATE_KEYS[name as keyof typeof STATE_KEYS]);
      // A set that was just created says nothing yet.
      return stored === undefined || stored === String(value);
    });
  }

  /** Creates the next set, in the place of `replaced`. */
  #create(replaced: number | undefined): number {
    const no = Math.max(this.#current ?? 0, replaced ?? 0) + 1;
    const schema = rowsSchema(no);
    this.#session.run([
      { text: 'BEGIN' },
      { text: `DROP SCHEMA IF EXISTS ${schema} CASCADE` },
      { text: `CREATE SCHEMA ${schema}` },
      { text: `SET LOCAL search_path TO ${schema}` },
      { text: ROW_TABLES },
      {
        text: `INSERT INTO meta (key, value) VALUES ('call_salt', $1), ('version', '0'), ('${ROWS_VERSION_KEY}', $2)`,
        values: [randomBytes(8).toString('hex'), String(ROWS_VERSION)],
      },
      { text: `SET LOCAL search_path TO ${KEPT_SCHEMA_NAME}` },
      this.#setting('next_rows', no),
      this.#fence(),
      { text: 'COMMIT' },
    ]);
    return no;
  }

  #setting(key: string, value: number): Statement {
    return {
      text: `INSERT INTO ${KEPT_SCHEMA_NAME}.setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      values: [key, String(value)],
    };
  }
}
