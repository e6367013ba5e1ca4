import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from 'pg';
import { withoutPostgres } from '../support/postgres.js';
import { runCommand, startServer, type TestServer } from '../support/server.js';
import { type SpanSpec, tracesJson } from '../support/telemetry.js';
import { TestDatabase } from '../support/test-database.js';

/** Blocks of the log in PostgreSQL that are damaged: `check` names them, and sessions are made without their records. */

const now = BigInt(Date.now()) * 1_000_000n;

const span = (trace: string, id: string): SpanSpec => ({
  trace,
  span: id,
  start: now,
  end: now + 1_000_000n,
  attributes: { 'session.id': `session-${trace}` },
});

describe('a damaged block in PostgreSQL', { skip: withoutPostgres }, () => {
  let database: TestDatabase;
  let client: Client;
  let server: TestServer;
  before(async () => {
    database = await TestDatabase.create();
    client = new Client({ connectionString: database.url });
    await client.connect();
    server = await startServer({ database });
  });
  after(async () => {
    await server?.dispose();
    await client?.end();
    await database?.close();
  });

  async function send(...spans: readonly SpanSpec[]): Promise<number> {
    const response = await server.post('/v1/traces', tracesJson(spans));
    assert.equal(response.status, 200, await response.text());
    await server.settled();
    const { rows } = await client.query('SELECT max(number)::int4 AS last FROM sojourn.log_block');
    return rows[0].last as number;
  }

  const check = () => runCommand('check', '--store', database.url);

  /** Changes a bit of the compressed bytes of a block. */
  const damage = (block: number) =>
    client.query(
      'UPDATE sojourn.log_block SET data = set_byte(data, length(data) / 2, get_byte(data, length(data) / 2) # 1) WHERE number = $1',
      [block],
    );

  const spansOf = async (session: string): Promise<number> =>
    (await server.get<{ span_count: number }>(`/api/v1/sessions/${session}`)).span_count;

  test('is named by check, which finds a sound database sound', async () => {
    await send(span('a', '1'));
    const sound = await check();
    assert.equal(sound.code, 0, sound.stderr);
    assert.match(sound.stdout, /is sound: 1 block\(s\), 1 record\(s\)/);
    const block = await send(span('b', '1'));
    await damage(block);
    const damaged = await check();
    assert.equal(damaged.code, 1);
    assert.match(damaged.stderr, new RegExp(`block ${block} of table log_block does not match its checksum`));
    await damage(block);
    assert.equal((await check()).code, 0);
  });

  test('does not stop sessions from following telemetry, whether rows were made of it or not', async () => {
    const block = await send(span('c', '1'));
    await send(span('d', '1'));
    await damage(block);
    // The server forgets what it has in memory, and needs the block for the next record of its trace.
    await server.kill();
    await database.expireLease();
    server = await startServer({ database });
    const response = await server.post('/v1/traces', tracesJson([span('c', '2'), span('d', '2')]));
    assert.equal(response.status, 200);
    await server.settled();
    assert.equal(await spansOf('session-c'), 1, 'without the record that is lost');
    assert.equal(await spansOf('session-d'), 2);
    assert.match(server.stderr, new RegExp(`block ${block} of table log_block does not match its checksum`));
    assert.match(await server.text('/metrics'), /^sojourn_damaged_blocks 1$/m);

    // A block that nobody has made rows of yet.
    await server.stop();
    const { rows } = await client.query(
      `INSERT INTO sojourn.log_block (lane, project, records, least_ns, greatest_ns, checksum, directory, data)
        SELECT lane, project, records, least_ns, greatest_ns, checksum + 1, directory, data FROM sojourn.log_block
        WHERE number = 1 RETURNING id`,
    );
    assert.equal(rows.length, 1);
    server = await startServer({ database });
    await send(span('e', '1'));
    assert.equal(await spansOf('session-e'), 1);
    assert.equal(await spansOf('session-c'), 1);
  });
});
