import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openAccessStore } from '../src/access/open-access-store.js';
import { Connection } from '../src/store/postgres/connection.js';
import { TextTables } from '../src/store/postgres/text/text-tables.js';
import { withoutPostgres } from './support/postgres.js';
import { TestDatabase } from './support/test-database.js';

/** The index of content search beside transactions that write blocks again. */

const WAITS =
  "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'sojourn_text.changed'::regclass";

test('a block that is written again while it is forgotten stays noted, or is read as it is then', {
  skip: withoutPostgres,
}, async () => {
  const { url } = await TestDatabase.create();
  // Brings the tables.
  await (await openAccessStore({ url, directory: '' })).close();
  const open = () => Connection.open({ url, purpose: 'index', statementMs: 60_000 });
  const [indexer, writer, watcher] = await Promise.all([open(), open(), open()]);
  const writeAgain = (text: string) =>
    writer.run({ text: `UPDATE sojourn.log_block SET data = '${text}' WHERE number IN (1, 2)` });
  const noted = async () => {
    const { rows } = await watcher.run({ text: 'SELECT block FROM sojourn_text.changed ORDER BY block' });
    return rows.map(([block]) => Number(block));
  };
  const tables = new TextTables(indexer);
  await tables.prepare();
  await writer.run({
    text: `INSERT INTO sojourn.log_block (lane, number, project, records, least_ns, greatest_ns, checksum, directory, data)
      SELECT 0, n, 1, 0, 0, 0, 0, '', '' FROM generate_series(1, 2) AS n`,
  });
  await writeAgain('once');
  assert.deepEqual(await noted(), [1, 2]);

  await writer.run({ text: 'BEGIN' });
  await writeAgain('twice');
  let isForgotten = false;
  const forgetting = tables.forget([2, 1]).then(() => {
    isForgotten = true;
  });
  for (let waits = 0; waits === 0 && !isForgotten; await delay(5)) {
    waits = Number((await watcher.run({ text: WAITS })).rows[0]![0]);
  }
  assert.ok(!isForgotten, 'waits for the writer');
  await writeAgain('three times');
  await writer.run({ text: 'COMMIT' });
  await forgetting;
  assert.deepEqual(await noted(), []);
  await writeAgain('later');
  assert.deepEqual(await noted(), [1, 2]);
  await Promise.all([indexer, writer, watcher].map((connection) => connection.close()));
});
