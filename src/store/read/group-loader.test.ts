import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine } from '../../../test/support/engine.js';
import { plainNormalizer } from '../../../test/support/normalizer.js';
import { spanBatch } from '../../../test/support/telemetry.js';
import { DEFAULT_PROJECT } from '../contract/store.js';
import { openDatabase, openLogReader } from '../sqlite/database.js';
import { SqliteLoads } from '../sqlite/load.js';
import { SqliteSessionReads } from '../sqlite/session-reads.js';
import { GroupLoader } from './group-loader.js';
import type { GroupRow } from './reads.js';

const START = 1_795_800_000_000_000_000n;
const GROUPS = 100;

test('reading can be ended while groups are passed over, and groups are decoded only if they are wanted', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'sojourn-group-loader-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const normalizer = await plainNormalizer();
  const { engine, db } = openEngine(directory, { normalizer, timeoutNs: 1n, now: () => START });
  const spans = Array.from({ length: GROUPS }, (_, i) => ({
    ...{ trace: (i + 1).toString(16), span: '1', start: START + BigInt(i), end: START + BigInt(i) },
    attributes: { 'session.id': 's1' },
  }));
  engine.commit([{ project: DEFAULT_PROJECT, batch: spanBatch(normalizer, spans) }], true);
  db.close();
  const connection = openDatabase(directory, { readOnly: true, cacheBytes: 1 << 20 });
  const log = openLogReader(directory);
  t.after(() => {
    connection.close();
    log.close();
  });
  const prepare = (sql: string) => {
    const statement = connection.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  const reads = new SqliteSessionReads(prepare, new SqliteLoads(connection), log);
  const moment = { reads, project: 1, users: undefined };
  const session = (await reads.session(1, 's1'))!;
  const rows: GroupRow[] = await reads.groups(session, {
    ...({ of: 'records', direction: 'forward', limit: GROUPS } as const),
  });
  assert.equal(rows.length, GROUPS);

  const wanted: GroupRow[] = [];
  for await (const { row, group } of new GroupLoader(normalizer, () => {}).groups(
    moment,
    rows,
    (row) => row === rows[7] || row === rows[90],
  )) {
    assert.equal(group.spans.size, 1);
    wanted.push(row);
  }
  assert.deepEqual(wanted, [rows[7], rows[90]]);

  let looks = 0;
  const isOver = new Error('the client is gone');
  const loader = new GroupLoader(normalizer, () => {
    if (looks === 20) throw isOver;
  });
  await assert.rejects(async () => {
    const none = loader.groups(moment, rows, () => {
      looks++;
      return false;
    });
    for await (const _ of none) assert.fail('no group is wanted');
  }, isOver);
});
