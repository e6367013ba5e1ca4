import { Buffer } from 'node:buffer';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { STATE_KEYS } from '../../engine/state-keys.js';
import { segmentsIn } from '../../records/check-log.js';
import type { Finding } from '../../records/check-segment.js';
import { diskFiles } from '../../records/log-files.js';
import { coldPath, segmentPath } from '../../records/log-segment.js';
import { type Database, Listing, Meta, NAMED_FILE, nameOfFile, openDatabase } from '../database.js';
import { readKeptSnapshot } from '../kept-snapshot.js';
import { KEPT_FILE, LOG_FOLDER } from '../schema.js';
import { NEXT_FILE } from '../session-files.js';
import { makeSessions, type SessionSettings } from './make-sessions.js';

/** Page cache of each connection, bytes. */
const CACHE_BYTES = 16 * 1024 * 1024;

/** Differences of one kind that are reported. */
const MOST_OF_A_KIND = 5;

/**
 * The rows that depend on nothing but telemetry, decisions and settings, whenever and in whatever order they
 * were made. `key` identifies a row. Left out: numbers of rows, the state of a session that depends on the time,
 * and what has a random salt.
 */
const ROWS: readonly { readonly name: string; readonly key: string; readonly rows: string }[] = [
  {
    name: 'session',
    key: 'project, id',
    rows: `SELECT project, id, start_ns, last_ns, listing = ${Listing.hidden}, implicit, invalidated, user_id, cost_nano_usd,
      span_count, has_errors, error_count, trace_count, tokens, unpriced, unreported, device, country, traits, counts FROM session`,
  },
  {
    name: 'group of a session',
    key: 'project, id, kind, start_ns, key',
    rows: 'SELECT project, id, kind, g.start_ns AS start_ns, key, events FROM session_group AS g JOIN session ON no = session',
  },
  { name: 'group', key: 'project, key', rows: 'SELECT project, key, places FROM record_group' },
  {
    name: 'value of a filter',
    key: 'project, kind, value, start_ns, id',
    rows: `SELECT v.project AS project, kind, value, f.start_ns AS start_ns, id FROM session_facet AS f
      JOIN facet_value AS v ON v.no = f.facet JOIN session AS s ON s.no = f.session`,
  },
  {
    name: 'count',
    key: 'project, level, dimension, bucket, name',
    rows: 'SELECT project, level, dimension, bucket, name, count FROM rollup WHERE count <> 0',
  },
  { name: 'timeline', key: 'project, level, bucket, model', rows: 'SELECT * FROM timeline' },
  {
    name: 'user of a session',
    key: 'project, user_id, start_ns, id',
    rows: 'SELECT project, user_id, start_ns, id FROM session_user',
  },
  {
    name: 'trace by user',
    key: 'project, key',
    rows: 'SELECT project, key, user, start_ns, end_ns FROM user_trace',
  },
];

/** The state that must be equal for rows to be comparable. */
const OF_SETTINGS = [
  ...[STATE_KEYS.rules, STATE_KEYS.tables, STATE_KEYS.sessionsBy, STATE_KEYS.pageUrls, STATE_KEYS.settings],
  ...[STATE_KEYS.quietRoutes, STATE_KEYS.implicitSessions, STATE_KEYS.timeoutNs],
] as const;

export interface Compared {
  readonly findings: readonly Finding[];
  /** Why rows could not be compared. */
  readonly note?: string;
}

/**
 * Makes all sessions of a data directory again in a temporary one, and compares their rows. The caller holds the
 * lock. `room` is where the temporary directory is made.
 */
export async function compareRows(
  directory: string,
  room: string,
  settings: SessionSettings,
  progress: (progress: { readonly done: number; readonly total: number }) => void,
): Promise<Compared> {
  const temporary = mkdtempSync(join(room, 'sojourn-check-'));
  try {
    copyForReading(directory, temporary);
    await makeSessions(temporary, settings, progress);
    return compare(directory, temporary);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Makes a data directory with the same log and decisions. Only the last segment is copied: it may be written. */
function copyForReading(directory: string, temporary: string): void {
  const [from, to] = [join(resolve(directory), LOG_FOLDER), join(temporary, LOG_FOLDER)];
  mkdirSync(to);
  const segments = segmentsIn(diskFiles, from);
  for (const [i, { first, isCold }] of segments.entries()) {
    const pathIn = isCold ? coldPath : segmentPath;
    if (i < segments.length - 1) symlinkSync(pathIn(from, first), pathIn(to, first));
    else copyFileSync(pathIn(from, first), pathIn(to, first));
  }
  readKeptSnapshot(directory, (db) => {
    const meta = new Meta(db);
    meta.delete(NAMED_FILE);
    meta.delete(NEXT_FILE);
    db.prepare('VACUUM INTO ?').run(join(temporary, KEPT_FILE));
  });
}

function compare(directory: string, temporary: string): Compared {
  const file = nameOfFile(directory);
  const path = join(directory, file);
  const ours = openDatabase(directory, { readOnly: true, cacheBytes: CACHE_BYTES, file });
  const theirs = openDatabase(temporary, { readOnly: true, cacheBytes: CACHE_BYTES });
  try {
    const [our, their] = [new Meta(ours), new Meta(theirs)];
    if (OF_SETTINGS.some((key) => our.text(key) !== their.text(key))) {
      return {
        findings: [],
        note: 'rows were not compared: they were made under other settings or by another version. Give the settings of the server to this command too',
      };
    }
    if (our.number(STATE_KEYS.foldedBlock) !== their.number(STATE_KEYS.foldedBlock)) {
      return {
        findings: [],
        note: 'rows were not compared: sessions are behind the log. Start the server and stop it, and check again',
      };
    }
    return {
      findings: ROWS.flatMap((kind) => differences(ours, theirs, kind).map((text) => ({ path, text }))),
    };
  } finally {
    ours.close();
    theirs.close();
  }
}

type Row = Record<string, unknown>;

/** The first rows in which both differ. */
function differences(ours: Database, theirs: Database, { name, key, rows }: (typeof ROWS)[number]): string[] {
  const statement = `${rows} ORDER BY ${key}`;
  const read = (db: Database): Iterator<Row> => {
    const prepared = db.prepare(statement);
    prepared.setReadBigInts(true);
    return prepared.iterate() as Iterator<Row>;
  };
  const [a, b] = [read(ours), read(theirs)];
  const found: string[] = [];
  const keys = key.split(', ');
  const nameOf = (row: Row): string => keys.map((each) => textOf(row[each])).join(' ');
  let [one, other] = [a.next(), b.next()];
  while (found.length < MOST_OF_A_KIND && !(one.done === true && other.done === true)) {
    const order = one.done === true ? 1 : other.done === true ? -1 : orderOf(keys, one.value, other.value);
    if (order < 0) {
      found.push(`${name} ${nameOf(one.value)}: made of nothing in the log`);
      one = a.next();
    } else if (order > 0) {
      found.push(`${name} ${nameOf(other.value)}: missing`);
      other = b.next();
    } else {
      const different = Object.keys(one.value).filter(
        (column) => textOf(one.value[column]) !== textOf(other.value[column]),
      );
      if (different.length > 0)
        found.push(`${name} ${nameOf(one.value)}: not what the log says: ${different.join(', ')}`);
      [one, other] = [a.next(), b.next()];
    }
  }
  a.return?.();
  b.return?.();
  return found;
}

/** As SQLite orders values of one type: numbers, and bytes of texts and blobs. */
function orderOf(keys: readonly string[], a: Row, b: Row): number {
  for (const key of keys) {
    const [x, y] = [a[key], b[key]];
    if (typeof x === 'bigint' && typeof y === 'bigint') {
      if (x !== y) return x < y ? -1 : 1;
      continue;
    }
    const order = Buffer.compare(bytesOf(x), bytesOf(y));
    if (order !== 0) return order;
  }
  return 0;
}

function bytesOf(value: unknown): Buffer {
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}
