import { Buffer } from 'node:buffer';

/**
 * Statements and results as they cross threads. PostgreSQL's types are mapped so: `int8` and `numeric` are
 * `bigint` (numerics here are whole numbers), `int2` and `int4` are numbers, `bool` is a boolean, `bytea` is a
 * `Buffer`, `text` is a string.
 */
export type Value = null | string | number | bigint | boolean | Uint8Array;

export interface Statement {
  /** With `$1`, `$2` … for the values, each with a cast where its type does not follow from the context. */
  readonly text: string;
  readonly values?: readonly Value[];
  /** Prepared once on each connection under this name, which must name one text only. Without: parsed each time. */
  readonly name?: string;
}

export type Row = readonly unknown[];

export interface Result {
  /** Values in the order of the columns. */
  readonly rows: readonly Row[];
  /** Rows that were inserted, changed, deleted or returned. */
  readonly count: number;
}

/** A connection, or a transaction on it. */
export interface AsyncSession {
  /**
   * Once `ended` is aborted, its reason is thrown at once. The connection is lost then, and the database is told to
   * stop the statement. @throws DatabaseError
   */
  run(statement: Statement, ended?: AbortSignal): Promise<Result>;
}

/** A connection whose user waits in its thread. */
export interface SyncSession {
  /**
   * Runs statements in their order and returns a result for each. A transaction begins with `BEGIN` as the first
   * statement of a call and ends with `COMMIT` or `ROLLBACK` as the last one of a call. @throws DatabaseError for the first that
   * fails: those after it were not run, and an open transaction is rolled back.
   */
  run(statements: readonly Statement[]): Result[];
}

/** SQLSTATE of a transaction that lost against another one: serialization failure, deadlock, lock not available. */
const CONFLICTS = new Set(['40001', '40P01', '55P03']);

/** An error of the database, or of the way to it. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** SQLSTATE; undefined if the connection failed. */
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether a transaction lost against another one: it may be tried again at once. */
  get isConflict(): boolean {
    return this.code !== undefined && CONFLICTS.has(this.code);
  }

  /**
   * Whether the same statement may succeed later. Classes of SQLSTATE (appendix A of PostgreSQL's manual):
   * unsupported features (0A), a row changed twice by one statement (21), wrong values (22), violated
   * constraints (23), invalid statements (42), exceeded limits of the program (54) and internal errors (XX)
   * stay.
   */
  get mayPass(): boolean {
    return this.code === undefined || !/^(0A|21|22|23|42|54|XX)/.test(this.code);
  }
}

const INT8 = 20;
const INT4 = 23;
const BYTEA = 17;
const TEXT = 25;
const BOOL = 16;

/** A parameter of type `int8[]`, as PostgreSQL receives arrays in binary. Cast it: `$1::int8[]`. */
export function int8s(values: readonly (bigint | number | null)[]): Buffer {
  return array(INT8, values, 8, (bytes, at, value) => {
    bytes.writeBigInt64BE(BigInt(value), at);
  });
}

/** A parameter of type `int4[]`. */
export function int4s(values: readonly (number | null)[]): Buffer {
  return array(INT4, values, 4, (bytes, at, value) => {
    bytes.writeInt32BE(value, at);
  });
}

/** A parameter of type `bool[]`. */
export function bools(values: readonly (boolean | null)[]): Buffer {
  return array(BOOL, values, 1, (bytes, at, value) => {
    bytes[at] = value ? 1 : 0;
  });
}

/** A parameter of type `bytea[]`. */
export function byteas(values: readonly (Uint8Array | null)[]): Buffer {
  return arrayOfBytes(BYTEA, values);
}

/** A parameter of type `text[]`. No text may contain U+0000. */
export function texts(values: readonly (string | null)[]): Buffer {
  return arrayOfBytes(
    TEXT,
    values.map((value) => (value === null ? null : Buffer.from(value))),
  );
}

/** The UTF-8 of a text that a sender chose, as it is stored: see docs/decisions/016-postgres.md. */
export function utf8(text: string): Buffer {
  return Buffer.from(text);
}

/** The text of such bytes. */
export function textOf(bytes: unknown): string {
  return (bytes as Buffer).toString();
}

/** Number of dimensions, whether there are nulls, type, length, lower bound. */
const HEADER_BYTES = 20;

function header(bytes: Buffer, type: number, length: number, hasNulls: boolean): void {
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(hasNulls ? 1 : 0, 4);
  bytes.writeInt32BE(type, 8);
  bytes.writeInt32BE(length, 12);
  bytes.writeInt32BE(1, 16);
}

function array<T>(
  type: number,
  values: readonly (T | null)[],
  size: number,
  write: (bytes: Buffer, at: number, value: T) => void,
): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + size));
  let at = HEADER_BYTES;
  let hasNulls = false;
  for (const value of values) {
    if (value === null) {
      hasNulls = true;
      at = bytes.writeInt32BE(-1, at);
      continue;
    }
    at = bytes.writeInt32BE(size, at);
    write(bytes, at, value);
    at += size;
  }
  header(bytes, type, values.length, hasNulls);
  return bytes.subarray(0, at);
}

function arrayOfBytes(type: number, values: readonly (Uint8Array | null)[]): Buffer {
  const length = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), HEADER_BYTES);
  const bytes = Buffer.allocUnsafe(length);
  let at = HEADER_BYTES;
  let hasNulls = false;
  for (const value of values) {
    if (value === null) {
      hasNulls = true;
      at = bytes.writeInt32BE(-1, at);
      continue;
    }
    at = bytes.writeInt32BE(value.length, at);
    bytes.set(value, at);
    at += value.length;
  }
  header(bytes, type, values.length, hasNulls);
  return bytes;
}
