import { RANKED_INDEXES, rankedColumns } from '../search/ranked.js';

/**
 * The tables of the two databases of a data directory. `sojourn.sqlite` has data that cannot be rebuilt.
 * `sessions.sqlite` has rows derived from the log, up to the block in `meta.folded_block`. `PRAGMA
 * user_version` of each database is its schema version.
 */

export const KEPT_FILE = 'sojourn.sqlite';
export const SESSIONS_FILE = 'sessions.sqlite';
/** The folder of the log's segments. */
export const LOG_FOLDER = 'log';

/**
 * Version of `sojourn.sqlite`. Up to 10 that file had everything, including blocks (takeover.ts). From 12 on
 * the log may have cold segments, which older programs cannot read; the tables are those of 11. From 13 on it may
 * have tombstones (erasure-tables.ts), from 14 on records without their content (otlp/originals.ts). A program of a smaller version refuses the directory, unless `safe_schema`
 * allows it.
 */
export const KEPT_SCHEMA = 14;

/** The least version whose programs keep out what was erased. It becomes `safe_schema` with the first erasure. */
export const ERASURE_SCHEMA = 13;

/** The least version whose programs read such records. It becomes `safe_schema` when the first content goes. */
export const CONTENT_SCHEMA = 14;

/**
 * The least version of `sojourn.sqlite` whose programs can work with a directory of this one, its log included.
 * Written as `meta.safe_schema`.
 */
export const KEPT_SAFE_SCHEMA = 12;

/** The first version with a separate log. */
export const LOG_SCHEMA = 11;

/**
 * Version of `sessions.sqlite`. There are no migrations: a file of a smaller version is rebuilt from the log.
 */
export const SESSIONS_SCHEMA = 16;

export const KEPT_TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE project (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE invalidation (
    project INTEGER NOT NULL,
    session TEXT NOT NULL,
    PRIMARY KEY (project, session)
  ) STRICT, WITHOUT ROWID;
`;

export const SESSION_TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta (key, value) VALUES ('call_salt', randomblob(8));
  CREATE TABLE record_group (
    project INTEGER NOT NULL,
    key BLOB NOT NULL,
    places BLOB NOT NULL,
    PRIMARY KEY (project, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE session (
    no INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    last_ns INTEGER NOT NULL,
    listing INTEGER NOT NULL,
    implicit INTEGER NOT NULL,
    invalidated INTEGER NOT NULL,
    settings INTEGER NOT NULL,
    user_id TEXT,
    cost_nano_usd INTEGER,
    span_count INTEGER NOT NULL DEFAULT 0,
    has_errors INTEGER NOT NULL DEFAULT 0,
    error_count INTEGER NOT NULL DEFAULT 0,
    trace_count INTEGER NOT NULL DEFAULT 0,
    -- Input and output; null without model calls.
    tokens INTEGER,
    unpriced INTEGER,
    unreported INTEGER,
    device TEXT,
    country TEXT,
    -- Failed spans or exceptions, whichever are more.
    failures INTEGER NOT NULL DEFAULT 0,
    -- What lists show besides (session-item.ts).
    traits TEXT NOT NULL,
    counts TEXT NOT NULL,
${rankedColumns('INTEGER', 'VIRTUAL')}
  ) STRICT;
  -- What it takes to change a session, and what a read of one session needs.
  CREATE TABLE session_state (
    no INTEGER PRIMARY KEY,
    earliest TEXT NOT NULL,
    sums TEXT NOT NULL
  ) STRICT;
  -- Marks of the calls of sessions that have many: each row is what has changed since the one before (call-marks.ts).
  CREATE TABLE session_mark (
    session INTEGER NOT NULL,
    no INTEGER NOT NULL,
    marks BLOB NOT NULL,
    PRIMARY KEY (session, no)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX session_by_id ON session (project, id);
  CREATE INDEX session_by_start ON session (project, listing, start_ns, id);
  CREATE INDEX session_by_user ON session (project, user_id, listing, start_ns, id) WHERE user_id IS NOT NULL;
  CREATE INDEX session_by_last ON session (project, listing, last_ns, start_ns);
${RANKED_INDEXES}
  CREATE TABLE session_group (
    session INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    key BLOB NOT NULL,
    -- Which events are found by the row (event-places.ts).
    events INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (session, kind, start_ns, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE rollup (
    project INTEGER NOT NULL,
    level INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (project, level, dimension, bucket, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE facet_value (
    no INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    count INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX facet_value_by_value ON facet_value (project, kind, value);
  -- The most numerous rows of all: numbers only. Of sessions that share a start the ids decide, which are read from their rows.
  CREATE TABLE session_facet (
    facet INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    session INTEGER NOT NULL,
    PRIMARY KEY (facet, start_ns, session)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE timeline (
    project INTEGER NOT NULL,
    level INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    model TEXT NOT NULL,
    sessions INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    records INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost_usd INTEGER NOT NULL,
    cost_nano_usd INTEGER NOT NULL,
    priced INTEGER NOT NULL,
    unpriced INTEGER NOT NULL DEFAULT 0,
    unreported INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (project, level, bucket, model)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE session_user (
    project INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    id TEXT NOT NULL,
    session INTEGER NOT NULL,
    PRIMARY KEY (project, user_id, start_ns, id)
  ) STRICT, WITHOUT ROWID;
  -- Sessions with times that are too far ahead to be believed, and when the first of them will be: few, and empty as a rule.
  CREATE TABLE session_ahead (
    session INTEGER PRIMARY KEY,
    believed_from_ns INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX session_ahead_by_time ON session_ahead (believed_from_ns);
  CREATE TABLE call_place (
    moment INTEGER NOT NULL,
    no INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (moment, no)
  ) STRICT, WITHOUT ROWID;
  -- Of traces that name a user and no session; empty unless such traces are grouped by user.
  CREATE TABLE user_trace (
    project INTEGER NOT NULL,
    key BLOB NOT NULL,
    user TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    end_ns INTEGER NOT NULL,
    PRIMARY KEY (project, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX user_trace_by_user ON user_trace (project, user, start_ns, key, end_ns);
  CREATE TABLE user_hour (
    project INTEGER NOT NULL,
    user TEXT NOT NULL,
    hour INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    apart INTEGER NOT NULL,
    PRIMARY KEY (project, user, hour)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE user_piece (
    project INTEGER NOT NULL,
    user TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    key BLOB NOT NULL,
    end_ns INTEGER NOT NULL,
    traces INTEGER NOT NULL,
    joined INTEGER NOT NULL,
    PRIMARY KEY (project, user, start_ns, key)
  ) STRICT, WITHOUT ROWID;
  -- Sessions by columns (session-columns.ts), and the numbers that users have there.
  CREATE TABLE session_chunk (no INTEGER PRIMARY KEY, format INTEGER NOT NULL) STRICT;
  CREATE TABLE chunk_head (
    project INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    least_start_ns INTEGER NOT NULL,
    greatest_start_ns INTEGER NOT NULL,
    greatest_last_ns INTEGER NOT NULL,
    greatest_duration_ns INTEGER NOT NULL,
    greatest_cost_nano_usd INTEGER,
    PRIMARY KEY (project, chunk)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX chunk_head_by_chunk ON chunk_head (chunk, project);
  CREATE TABLE chunk_part (
    project INTEGER NOT NULL,
    part INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX chunk_part_by_chunk ON chunk_part (project, chunk, part);
  CREATE TABLE loose_session (no INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE chunk_user (
    no INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    user_id TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX chunk_user_by_user ON chunk_user (project, user_id);
`;
