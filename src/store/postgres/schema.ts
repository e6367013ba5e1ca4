import { RANKED_INDEXES, rankedColumns } from '../search/ranked.js';

/**
 * The tables. Decisions and the log are in the schema `sojourn`. Derived rows are in a schema for each set of
 * them (`rowsSchema`), which `setting.rows` names. Text that senders choose is `bytea`, see
 * docs/decisions/016-postgres.md. Statements name no schema: connections have both in their `search_path`.
 */

export const KEPT_SCHEMA_NAME = 'sojourn';

/** The schema of a set of derived rows. */
export function rowsSchema(no: number): string {
  return `sojourn_rows_${no}`;
}

/** Version of the tables in `sojourn`. */
export const KEPT_VERSION = 4;

/** The least version of this program's tables that can still work with these: written beside the version. */
export const KEPT_SAFE_VERSION = 1;

/** The first version whose programs know what was erased. It becomes the least safe one with the first erasure. */
export const ERASURE_VERSION = 3;

/** The first version whose programs read records without their content. It becomes that when the first content goes. */
export const CONTENT_VERSION = 4;

/** Version of the tables of derived rows. Rows of another version are made again from the log. */
export const ROWS_VERSION_KEY = 'rows_version';
export const ROWS_VERSION = 4;

export const KEPT_TABLES = `
  CREATE TABLE setting (key text PRIMARY KEY, value text NOT NULL);
  CREATE TABLE project (no int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name bytea NOT NULL UNIQUE);
  CREATE TABLE invalidation (project int4 NOT NULL, session bytea NOT NULL, PRIMARY KEY (project, session));
  CREATE TABLE lease (
    lane int4 PRIMARY KEY,
    owner text NOT NULL,
    epoch int8 NOT NULL,
    expires_at timestamptz NOT NULL,
    -- Readers see the records of all blocks up to this one.
    folded int8 NOT NULL
  );
  INSERT INTO lease (lane, owner, epoch, expires_at, folded) VALUES (0, '', 0, '-infinity', 0);
  -- Called at the end of each transaction of the fold. Raises SJ001 if another process holds the lease by now.
  CREATE FUNCTION renew_lease(of_lane int4, of_epoch int8, ms int8) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE lease SET expires_at = clock_timestamp() + ms * interval '1 ms' WHERE lane = of_lane AND epoch = of_epoch;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'another process holds the lease of lane %', of_lane USING ERRCODE = 'SJ001';
      END IF;
    END $$;
  CREATE TABLE log_block (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane int4 NOT NULL,
    -- Null until the holder of the lease finds the block.
    number int8,
    project int4 NOT NULL,
    records int4 NOT NULL,
    least_ns int8 NOT NULL,
    greatest_ns int8 NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT now(),
    checksum int8 NOT NULL,
    directory bytea NOT NULL,
    data bytea NOT NULL
  );
  ALTER TABLE log_block ALTER COLUMN data SET STORAGE EXTERNAL;
  CREATE UNIQUE INDEX log_block_by_number ON log_block (number) WHERE number IS NOT NULL;
  CREATE INDEX log_block_new ON log_block (id) WHERE number IS NULL;
  -- Work for the holder of the lease that a client of another process waits for.
  CREATE TABLE task (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    project bytea NOT NULL,
    session bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    answer bool
  );
`;

/**
 * What versions after the first add to `KEPT_TABLES`, oldest first. Programs of an older version can go on as long
 * as `KEPT_SAFE_VERSION` is not raised.
 */
export const KEPT_CHANGES: readonly { readonly version: number; readonly text: string }[] = [
  {
    version: 2,
    // Keys and the audit log (docs/decisions/017-access.md). Names and origins are the operator's own.
    text: `
      CREATE TABLE api_key (
        id text PRIMARY KEY,
        hash bytea NOT NULL,
        name text NOT NULL,
        scopes text NOT NULL,
        project text,
        origins text NOT NULL,
        requests_per_minute int4,
        created_ms int8 NOT NULL,
        expires_ms int8,
        revoked_ms int8,
        last_used_ms int8
      );
      CREATE TABLE sign_in (
        hash bytea PRIMARY KEY,
        actor text NOT NULL,
        key_id text,
        scopes text NOT NULL,
        created_ms int8 NOT NULL,
        expires_ms int8 NOT NULL
      );
      CREATE TABLE audit (
        id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at_ms int8 NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        -- May be the id of a session, which senders choose.
        subject bytea NOT NULL,
        project text,
        detail text NOT NULL
      );
      CREATE INDEX audit_by_project ON audit (project, id);
    `,
  },
  {
    version: 3,
    // Jobs of erasure, and what stays out (docs/decisions/019-erasure-and-retention.md).
    text: `
      CREATE TABLE tombstone (
        -- Greater with each change, so that processes ask for what is new.
        id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        hash bytea NOT NULL UNIQUE,
        expires_ns int8 NOT NULL
      );
      -- The last tombstone that was known to the process that appended the block.
      ALTER TABLE log_block ADD COLUMN tombstones int8 NOT NULL DEFAULT 0;
      CREATE TABLE erasure (
        no int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        project int4 NOT NULL,
        kind text NOT NULL,
        -- As ErasureState; before, 'asked'. A job that was not begun is 'refused', for the reason in error.
        state text NOT NULL,
        -- Whether readers do not see its sessions any more, or these are so many that nobody waits for it.
        is_answered bool NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        asked_ns int8 NOT NULL,
        finished_ns int8,
        counts text NOT NULL,
        error text,
        receipt text
      );
      -- The rest is of unfinished jobs only.
      CREATE TABLE erasure_session (
        job int8 NOT NULL REFERENCES erasure ON DELETE CASCADE,
        session bytea NOT NULL,
        is_done bool NOT NULL DEFAULT false,
        PRIMARY KEY (job, session)
      );
      CREATE INDEX erasure_session_left ON erasure_session (job) WHERE NOT is_done;
      CREATE TABLE erasure_user (
        job int8 NOT NULL REFERENCES erasure ON DELETE CASCADE,
        user_id bytea NOT NULL,
        PRIMARY KEY (job, user_id)
      );
      CREATE TABLE erasure_trace (
        job int8 NOT NULL REFERENCES erasure ON DELETE CASCADE,
        trace bytea NOT NULL,
        PRIMARY KEY (job, trace)
      );
      CREATE TABLE erasure_chunk (
        job int8 NOT NULL REFERENCES erasure ON DELETE CASCADE,
        block int8 NOT NULL,
        start int8 NOT NULL,
        PRIMARY KEY (job, block, start)
      );
    `,
  },
  {
    version: 4,
    // What retention has to remove from the log (docs/decisions/019-erasure-and-retention.md); alerts and their
    // messages (docs/decisions/027-alerts.md), and saved views, whose texts are the operator's own.
    text: `
      CREATE TABLE alert (
        project text NOT NULL,
        id text NOT NULL,
        definition text NOT NULL,
        secret text NOT NULL,
        created_ms int8 NOT NULL,
        state text NOT NULL,
        next_ms int8,
        delivered text,
        version int4 NOT NULL,
        PRIMARY KEY (project, id)
      );
      CREATE INDEX alert_by_next ON alert (next_ms) WHERE next_ms IS NOT NULL;
      CREATE TABLE alert_delivery (
        id text PRIMARY KEY,
        project text NOT NULL,
        alert text NOT NULL,
        body text NOT NULL,
        tries int4 NOT NULL,
        next_ms int8 NOT NULL
      );
      CREATE INDEX alert_delivery_by_next ON alert_delivery (next_ms);
      CREATE TABLE saved_view (
        project text NOT NULL,
        name text NOT NULL,
        query text NOT NULL,
        saved_ms int8 NOT NULL,
        PRIMARY KEY (project, name)
      );
      CREATE TABLE retention_chunk (
        -- The set of rows that its session has left.
        rows int4 NOT NULL,
        block int8 NOT NULL,
        start int8 NOT NULL,
        PRIMARY KEY (block, start, rows)
      );
    `,
  },
];

/** Unit of `session.last_minute`. */
const NS_PER_MINUTE = 60_000_000_000n;

/** The value of `session.last_minute` for a last activity. */
export function lastMinuteOf(lastNs: bigint): number {
  return Number(lastNs / NS_PER_MINUTE);
}

export const ROW_TABLES = `
  -- State of the engine, 'call_salt' (hexadecimal), 'version', which grows with each change of rows, and
  -- 'columns_version', which grows with each chunk that is packed.
  CREATE TABLE meta (key text PRIMARY KEY, value text NOT NULL);
  CREATE TABLE record_group (
    project int4 NOT NULL,
    key bytea NOT NULL,
    places bytea NOT NULL,
    PRIMARY KEY (project, key)
  );
  CREATE TABLE session (
    no int8 PRIMARY KEY,
    project int4 NOT NULL,
    id bytea NOT NULL,
    start_ns int8 NOT NULL,
    last_ns int8 NOT NULL,
    listing int4 NOT NULL,
    implicit bool NOT NULL,
    invalidated bool NOT NULL,
    settings int4 NOT NULL,
    user_id bytea,
    cost_nano_usd int8,
    span_count int8 NOT NULL,
    has_errors bool NOT NULL,
    error_count int8 NOT NULL,
    trace_count int8 NOT NULL,
    -- Input and output; null without model calls.
    tokens int8,
    unpriced int8,
    unreported int8,
    device bytea,
    country bytea,
    -- Failed spans or exceptions, whichever are more.
    failures int8 NOT NULL,
    -- What lists show besides, as JSON without the braces (session-item.ts).
    traits text NOT NULL,
    counts text NOT NULL,
    -- What last activity is indexed by. Most updates leave it as it is, and then PostgreSQL need not write to any
    -- index of this table ("heap-only tuples"); pages have some room for that.
    last_minute int4 NOT NULL GENERATED ALWAYS AS ((last_ns / ${NS_PER_MINUTE})::int4) STORED,
${rankedColumns('int8', 'STORED')}
  ) WITH (fillfactor = 70);
  CREATE UNIQUE INDEX session_by_id ON session (project, id);
  CREATE INDEX session_by_start ON session (project, listing, start_ns, id);
  CREATE INDEX session_by_user ON session (project, user_id, listing, start_ns, id) WHERE user_id IS NOT NULL;
  CREATE INDEX session_by_last ON session (project, listing, last_minute, start_ns);
${RANKED_INDEXES}
  CREATE TABLE session_state (
    no int8 PRIMARY KEY,
    earliest text NOT NULL,
    sums text NOT NULL,
    -- The pages of a visit, as keys (page-places.ts); null without a visit.
    places bytea[]
  ) WITH (fillfactor = 70);
  CREATE TABLE session_mark (session int8 NOT NULL, no int4 NOT NULL, marks bytea NOT NULL, PRIMARY KEY (session, no));
  CREATE TABLE session_group (
    session int8 NOT NULL,
    kind int4 NOT NULL,
    start_ns int8 NOT NULL,
    key bytea NOT NULL,
    events int4 NOT NULL,
    PRIMARY KEY (session, kind, start_ns, key)
  );
  CREATE TABLE rollup (
    project int4 NOT NULL,
    level int4 NOT NULL,
    bucket int8 NOT NULL,
    dimension int4 NOT NULL,
    name bytea NOT NULL,
    count int8 NOT NULL,
    PRIMARY KEY (project, level, dimension, bucket, name)
  );
  CREATE TABLE facet_value (
    no int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project int4 NOT NULL,
    kind int4 NOT NULL,
    value bytea NOT NULL,
    count int8 NOT NULL,
    UNIQUE (project, kind, value)
  );
  CREATE TABLE session_facet (
    facet int8 NOT NULL,
    start_ns int8 NOT NULL,
    session int8 NOT NULL,
    PRIMARY KEY (facet, start_ns, session)
  );
  CREATE TABLE timeline (
    project int4 NOT NULL,
    level int4 NOT NULL,
    bucket int8 NOT NULL,
    model bytea NOT NULL,
    sessions int8 NOT NULL,
    errors int8 NOT NULL,
    records int8 NOT NULL,
    calls int8 NOT NULL,
    input_tokens int8 NOT NULL,
    output_tokens int8 NOT NULL,
    cost_usd int8 NOT NULL,
    cost_nano_usd int8 NOT NULL,
    priced int8 NOT NULL,
    unpriced int8 NOT NULL,
    unreported int8 NOT NULL,
    PRIMARY KEY (project, level, bucket, model)
  );
  CREATE TABLE session_other_user (
    project int4 NOT NULL,
    user_id bytea NOT NULL,
    start_ns int8 NOT NULL,
    id bytea NOT NULL,
    session int8 NOT NULL,
    PRIMARY KEY (project, user_id, start_ns, id)
  );
  CREATE TABLE session_ahead (session int8 PRIMARY KEY, believed_from_ns int8 NOT NULL);
  CREATE INDEX session_ahead_by_time ON session_ahead (believed_from_ns);
  CREATE TABLE call_place (moment int8 NOT NULL, no int8 NOT NULL, entries bytea NOT NULL, PRIMARY KEY (moment, no));
  CREATE TABLE user_trace (
    project int4 NOT NULL,
    key bytea NOT NULL,
    user_id bytea NOT NULL,
    start_ns int8 NOT NULL,
    end_ns int8 NOT NULL,
    PRIMARY KEY (project, key)
  );
  CREATE INDEX user_trace_by_user ON user_trace (project, user_id, start_ns, key, end_ns);
  CREATE TABLE user_hour (
    project int4 NOT NULL,
    user_id bytea NOT NULL,
    hour int8 NOT NULL,
    traces int8 NOT NULL,
    apart bool NOT NULL,
    PRIMARY KEY (project, user_id, hour)
  );
  CREATE TABLE user_piece (
    project int4 NOT NULL,
    user_id bytea NOT NULL,
    start_ns int8 NOT NULL,
    key bytea NOT NULL,
    end_ns int8 NOT NULL,
    traces int8 NOT NULL,
    joined bool NOT NULL,
    PRIMARY KEY (project, user_id, start_ns, key)
  );
  -- Sessions by columns (docs/decisions/010-filtered-statistics.md), for the chunks that are in session_chunk.
  CREATE TABLE session_chunk (no int4 PRIMARY KEY, format int4 NOT NULL);
  CREATE TABLE chunk_head (
    project int4 NOT NULL,
    chunk int4 NOT NULL,
    least_start_ns int8 NOT NULL,
    greatest_start_ns int8 NOT NULL,
    greatest_last_ns int8 NOT NULL,
    greatest_duration_ns int8 NOT NULL,
    greatest_cost_nano_usd int8,
    PRIMARY KEY (project, chunk)
  );
  CREATE INDEX chunk_head_by_chunk ON chunk_head (chunk);
  CREATE TABLE chunk_part (
    project int4 NOT NULL,
    part int4 NOT NULL,
    chunk int4 NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (project, part, chunk)
  );
  -- What can be compressed is compressed.
  ALTER TABLE chunk_part ALTER COLUMN data SET STORAGE EXTERNAL;
  -- Sessions of chunks that have changed since, or do not fit.
  CREATE TABLE loose_session (no int8 PRIMARY KEY);
  CREATE TABLE chunk_user (
    no int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project int4 NOT NULL,
    user_id bytea NOT NULL,
    UNIQUE (project, user_id)
  );
`;
