import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import lz4 from 'lz4-napi';
import { CopyRefusedError } from '../copy/plan.js';
import type {
  CopiedBlock,
  CopySource,
  CopyTarget,
  Decisions,
  Invalidation,
  Project,
  SourceEnd,
  Verified,
} from '../copy/sides.js';
import { DamagedBlockError } from '../records/log.js';
import { BLOCK_COLUMNS, blockValues, checksumOf, decodeBlock } from './block-row.js';
import { Connection } from './connection.js';
import { LANE, LEASE_LOST, releaseLease, renewLease, takeLease } from './lease.js';
import { migrate, versionOf } from './migrate.js';
import { byteas, DatabaseError, int4s, int8s, type Row, type Statement, textOf, utf8 } from './statement.js';

/** What the database shows of the connections of a copy. */
const PURPOSE = 'copy';

/** How long a statement may take, ms. */
const STATEMENT_MS = 120_000;

/** Compressed bytes and blocks that are read at a time. */
const BATCH_BYTES = 2 * 1024 * 1024;
const BATCH_BLOCKS = 512;

/** How long another copy, or a server, waits after one that was killed, ms. */
const LEASE_MS = 3_000;
const RENEW_MS = 500;

/** How often it is looked whether a lease has ended, ms. */
const POLL_MS = 100;

/** Key in `setting` of how far a copy was found to be equal to its source, as JSON. */
const VERIFIED = 'copy_verified';

const EMPTY = Buffer.alloc(0);

const READ_BLOCKS = `SELECT ${BLOCK_COLUMNS}, least_ns, greatest_ns FROM (
    SELECT *, sum(octet_length(data)) OVER (ORDER BY number) - octet_length(data) AS before
    FROM log_block WHERE number BETWEEN $1::int8 AND $2::int8
  ) AS b WHERE before < ${BATCH_BYTES} ORDER BY number`;

const INSERT_BLOCKS = `INSERT INTO log_block (lane, number, project, records, least_ns, greatest_ns, checksum, directory, data)
  SELECT ${LANE}, b.* FROM
    unnest($1::int8[], $2::int4[], $3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::bytea[], $8::bytea[]) AS b`;

const OWNER = `copy ${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`;

/**
 * A database that is copied. Nothing is written there, but the numbers of blocks that no process has numbered
 * when none is left.
 */
export class DatabaseSource implements CopySource {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws CopyRefusedError; UnusableDatabaseError; DatabaseError */
  static async open(url: string): Promise<DatabaseSource> {
    const connection = await connect(url, false);
    try {
      if ((await versionOf(connection)) === undefined)
        throw new CopyRefusedError('the database that is to be copied has no tables of Sojourn');
      return new DatabaseSource(connection);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  decisions(): Promise<Decisions> {
    return decisionsIn(this.#connection);
  }

  async end(): Promise<SourceEnd> {
    const isInUse = (await this.#hasServers()) || !(await this.#numberRest());
    return { last: await lastNumber(this.#connection), isInUse };
  }

  async has(block: number): Promise<boolean> {
    return block <= (await lastNumber(this.#connection));
  }

  read(first: number, last: number): Promise<CopiedBlock[]> {
    return readBlocks(this.#connection, first, last);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** Whether processes of Sojourn are connected, as far as the role may see them. */
  async #hasServers(): Promise<boolean> {
    const { rows } = await this.#connection.run({
      text: `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND application_name LIKE 'sojourn %' AND application_name <> 'sojourn ${PURPOSE}')`,
    });
    return rows[0]![0] as boolean;
  }

  /** Numbers what no process has numbered. False if one has the lease. */
  async #numberRest(): Promise<boolean> {
    const epoch = await takeWhenFree(this.#connection);
    if (epoch === undefined) return false;
    try {
      await this.#connection.runAll([
        { text: 'BEGIN' },
        {
          text: `UPDATE log_block SET number = n.number FROM (
              SELECT id, (SELECT coalesce(max(number), 0) FROM log_block) + row_number() OVER (ORDER BY id) AS number
              FROM log_block WHERE number IS NULL AND lane = ${LANE}
            ) AS n WHERE log_block.id = n.id`,
        },
        renewLease(epoch, LEASE_MS),
        { text: 'COMMIT' },
      ]);
      return true;
    } finally {
      await this.#connection.run(releaseLease(epoch));
    }
  }
}

/**
 * A database that is filled. The copy has the lease meanwhile, so that no process makes sessions of half a copy.
 * Commits do not wait for the disk before `finish`: what a crash of the database takes back is copied again.
 */
export class DatabaseTarget implements CopyTarget {
  readonly hasUnnumbered: boolean;
  readonly #connection: Connection;
  readonly #epoch: bigint;
  readonly #renewing: NodeJS.Timeout;
  #last: number;

  private constructor(
    connection: Connection,
    epoch: bigint,
    { last, hasUnnumbered }: Pick<CopyTarget, 'last' | 'hasUnnumbered'>,
  ) {
    this.#connection = connection;
    this.#epoch = epoch;
    this.#last = last;
    this.hasUnnumbered = hasUnnumbered;
    // A failure is met again by the next append.
    this.#renewing = setInterval(() => void connection.run(this.#fence()).catch(() => {}), RENEW_MS);
  }

  /** Creates the tables if they are missing. @throws CopyRefusedError; UnusableDatabaseError; DatabaseError */
  static async open(url: string): Promise<DatabaseTarget> {
    const connection = await connect(url, true);
    try {
      await migrate(connection);
      const epoch = await takeWhenFree(connection);
      if (epoch === undefined)
        throw new CopyRefusedError('a server runs on the database that is to be filled: stop it');
      const last = await lastNumber(connection);
      const { rows } = await connection.run({
        text: 'SELECT EXISTS (SELECT FROM log_block WHERE number IS NULL)',
      });
      return new DatabaseTarget(connection, epoch, { last, hasUnnumbered: rows[0]![0] as boolean });
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  get last(): number {
    return this.#last;
  }

  decisions(): Promise<Decisions> {
    return decisionsIn(this.#connection);
  }

  read(first: number, last: number): Promise<CopiedBlock[]> {
    return readBlocks(this.#connection, first, last);
  }

  setInstallationKey(key: string): Promise<void> {
    return this.#write([setting('installation_key', key)]);
  }

  addProjects(projects: readonly Project[]): Promise<void> {
    return this.#write([
      {
        text: 'INSERT INTO project (no, name) OVERRIDING SYSTEM VALUE SELECT * FROM unnest($1::int4[], $2::bytea[])',
        values: [int4s(projects.map(({ no }) => no)), byteas(projects.map(({ name }) => utf8(name)))],
      },
      { text: `SELECT setval(pg_get_serial_sequence('project', 'no'), (SELECT max(no) FROM project))` },
    ]);
  }

  addInvalidations(invalidations: readonly Invalidation[]): Promise<void> {
    return this.#write([
      {
        text: 'INSERT INTO invalidation (project, session) SELECT * FROM unnest($1::int4[], $2::bytea[])',
        values: [
          int4s(invalidations.map(({ project }) => project)),
          byteas(invalidations.map(({ session }) => utf8(session))),
        ],
      },
    ]);
  }

  async append(blocks: readonly CopiedBlock[]): Promise<void> {
    await this.#write([insertOf(blocks)]);
    this.#last += blocks.length;
  }

  async verified(): Promise<Verified | undefined> {
    const { rows } = await this.#connection.run({
      text: 'SELECT value FROM setting WHERE key = $1',
      values: [VERIFIED],
    });
    return rows[0] === undefined ? undefined : (JSON.parse(rows[0][0] as string) as Verified);
  }

  setVerified(verified: Verified): Promise<void> {
    return this.#write([setting(VERIFIED, JSON.stringify(verified))]);
  }

  /** A commit that waits for the disk waits for all before it. */
  async finish(): Promise<void> {
    await this.#connection.run({ text: 'SET synchronous_commit TO on' });
    await this.#write([]);
  }

  async close(): Promise<void> {
    clearInterval(this.#renewing);
    await this.#connection.run(releaseLease(this.#epoch)).catch(() => {});
    await this.#connection.close();
  }

  #fence(): Statement {
    return renewLease(this.#epoch, LEASE_MS);
  }

  async #write(statements: readonly Statement[]): Promise<void> {
    try {
      await this.#connection.runAll([{ text: 'BEGIN' }, ...statements, this.#fence(), { text: 'COMMIT' }]);
    } catch (error) {
      if (error instanceof DatabaseError && error.code === LEASE_LOST)
        throw new CopyRefusedError('a server was started on the database that is being filled: stop it');
      throw error;
    }
  }
}

function connect(url: string, isAsync: boolean): Promise<Connection> {
  return Connection.open({ url, purpose: PURPOSE, statementMs: STATEMENT_MS, isAsync });
}

/**
 * Takes the lease; waits where a process may have ended without giving it back. Undefined if another process
 * renews it.
 */
async function takeWhenFree(connection: Connection): Promise<bigint | undefined> {
  let until: string | undefined;
  for (;;) {
    const { rows } = await connection.run(takeLease(OWNER, LEASE_MS));
    if (rows[0] !== undefined) return rows[0][0] as bigint;
    const found = await connection.run({
      text: `SELECT extract(epoch FROM expires_at)::text FROM lease WHERE lane = ${LANE}`,
    });
    const expires = found.rows[0]![0] as string;
    if (until !== undefined && expires !== until) return undefined;
    until = expires;
    await delay(POLL_MS);
  }
}

async function lastNumber(connection: Connection): Promise<number> {
  const { rows } = await connection.run({ text: 'SELECT coalesce(max(number), 0) FROM log_block' });
  return Number(rows[0]![0]);
}

async function decisionsIn(connection: Connection): Promise<Decisions> {
  const [keys, projects, invalidations] = await connection.runAll([
    { text: `SELECT value FROM setting WHERE key = 'installation_key'` },
    { text: 'SELECT no, name FROM project ORDER BY no' },
    { text: 'SELECT project, session FROM invalidation' },
  ]);
  return {
    installationKey: keys!.rows[0]?.[0] as string | undefined,
    projects: projects!.rows.map(([no, name]) => ({ no: no as number, name: textOf(name) })),
    invalidations: invalidations!.rows.map(([project, session]) => ({
      project: project as number,
      session: textOf(session),
    })),
  };
}

async function readBlocks(connection: Connection, first: number, last: number): Promise<CopiedBlock[]> {
  const end = Math.min(last, first + BATCH_BLOCKS - 1);
  const { rows } = await connection.run({
    name: 'copy_blocks',
    text: READ_BLOCKS,
    values: [first, end],
  });
  const blocks: CopiedBlock[] = [];
  let next = first;
  const lose = (to: number): void => {
    for (; next < to; next++) blocks.push({ id: next, lost: `block ${next} is missing` });
  };
  for (const row of rows) {
    lose(Number(row[0]));
    blocks.push(copiedBlock(row, next));
    next++;
  }
  if (rows.length === 0) lose(end + 1);
  return blocks;
}

function copiedBlock(row: Row, id: number): CopiedBlock {
  try {
    return { ...decodeBlock(row), leastNs: row[6] as bigint, greatestNs: row[7] as bigint };
  } catch (error) {
    if (!(error instanceof DamagedBlockError)) throw error;
    return { id, lost: error.message };
  }
}

function insertOf(blocks: readonly CopiedBlock[]): Statement {
  const rows = blocks.map((block) => {
    const { id } = block;
    if ('lost' in block) {
      const lost = { project: 0, records: 0, directory: EMPTY, data: EMPTY };
      // Reading it is an error, as it is at the source.
      return { ...lost, id, leastNs: 0n, greatestNs: 0n, checksum: ~checksumOf(lost) >>> 0 };
    }
    const { project, records, directory, leastNs, greatestNs } = block;
    const data = lz4.compressSync(block.bytes);
    const checksum = checksumOf({ project, records, directory, data });
    return { id, project, records, directory, data, leastNs, greatestNs, checksum };
  });
  return {
    name: 'copy_append',
    text: INSERT_BLOCKS,
    values: [int8s(rows.map(({ id }) => id)), ...blockValues(rows)],
  };
}

function setting(key: string, value: string): Statement {
  return {
    text: 'INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    values: [key, value],
  };
}
