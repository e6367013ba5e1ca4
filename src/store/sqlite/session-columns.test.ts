import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openEngine } from '../../../test/support/engine.js';
import { spanBatch } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import { TooManyGroupsError } from '../contract/too-many-groups.js';
import { CHUNK_SESSIONS } from '../search/columns/bits.js';
import { countGroups } from '../search/groups.js';
import { ColumnReader } from './column-reader.js';
import type { Database } from './database.js';
import type { QuietSessions } from './engine-store.js';
import { SearchStatements } from './search-statements.js';

const root = mkdtempSync(join(tmpdir(), 'sojourn-columns-'));
after(() => rmSync(root, { recursive: true, force: true }));

const NOW_NS = 2_000_000_000_000_000_000n;
const PROJECT = 1;

async function opened(name: string) {
  const normalizer = await createNormalizer({
    userIds: 'keep',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
  });
  const { db, engine, quiet } = openEngine(join(root, name), { normalizer, now: () => NOW_NS });
  let trace = 0;
  /** Commits a span for each of these sessions. */
  const take = (sessions: readonly number[], userOf = (session: number) => `u${session % 7}`): void => {
    const spans = sessions.map((session) => ({
      trace: (++trace).toString(16),
      span: '1',
      start: NOW_NS - 10_000_000_000n,
      end: NOW_NS - 9_000_000_000n,
      attributes: { 'session.id': `s${session}`, 'user.id': userOf(session) },
    }));
    engine.commit([{ project: 'default', batch: spanBatch(normalizer, spans) }], true);
  };
  return { db, quiet, take };
}

function prepareIn(db: Database) {
  return (sql: string) => {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
}

function readerOf(db: Database): ColumnReader {
  return new ColumnReader(prepareIn(db));
}

/** Lets two windows pass: sessions written in the first are quiet in the second. */
function passWindows(quiet: QuietSessions): void {
  for (let window = 0; window < 2; window++) {
    for (let sweep = 0; sweep < 30; sweep++) quiet.sweep();
    while (quiet.packNext());
  }
}

const numbers = (count: number): number[] => [...Array(count).keys()];

test('chunks are packed when they are complete and quiet, and sessions that change later are read by their rows', async () => {
  const { db, quiet, take } = await opened('quiet');
  take(numbers(CHUNK_SESSIONS + 10));
  const reader = readerOf(db);
  /** A window in which another session is written continuously. */
  const sweepWindow = (): void => {
    for (let sweep = 0; sweep < 30; sweep++) {
      take([CHUNK_SESSIONS]);
      quiet.sweep();
    }
    while (quiet.packNext());
  };
  sweepWindow();
  assert.deepEqual(await reader.heads(PROJECT, {}), [], 'written in this window');
  sweepWindow();
  const [head, ...others] = await reader.heads(PROJECT, {});
  assert.deepEqual(others, [], 'the last chunk is not complete');
  assert.equal(head!.chunk, 0);
  assert.deepEqual(await reader.unpacked(), [{ first: CHUNK_SESSIONS, last: CHUNK_SESSIONS + 10 }]);
  assert.deepEqual(await reader.loose(), []);

  take([3, 5, 3]);
  const loose = await reader.loose();
  assert.equal(loose.length, 2);
  sweepWindow();
  assert.deepEqual(await reader.loose(), loose, 'few are read by their rows');
  take(numbers(200));
  sweepWindow();
  sweepWindow();
  assert.deepEqual(await reader.loose(), [], 'many are packed again');
  assert.equal((await reader.userNumbers(PROJECT, ['u0', 'u6', 'nobody'])).size, 2);
  db.close();
});

test('without any writes, chunks are packed after a few seconds', async () => {
  const { db, quiet, take } = await opened('silent');
  take(numbers(CHUNK_SESSIONS + 10));
  const reader = readerOf(db);
  quiet.sweep();
  for (let sweep = 0; sweep < 3; sweep++) {
    assert.equal(quiet.packNext(), false);
    quiet.sweep();
  }
  assert.equal(quiet.packNext(), true);
  assert.equal((await reader.heads(PROJECT, {})).length, 1);
  db.close();
});

test('chunks of another format are not read, and are packed again after the next start', async () => {
  const first = await opened('format');
  first.take(numbers(CHUNK_SESSIONS));
  passWindows(first.quiet);
  const reader = readerOf(first.db);
  assert.equal((await reader.heads(PROJECT, {})).length, 1);
  first.db.exec('UPDATE session_chunk SET format = format - 1');
  // A reader keeps its list of chunks until another chunk is packed.
  const later = readerOf(first.db);
  assert.deepEqual(await later.heads(PROJECT, {}), []);
  assert.deepEqual(await later.unpacked(), [{ first: 0, last: CHUNK_SESSIONS }]);
  first.db.close();

  const { db, quiet } = await opened('format');
  passWindows(quiet);
  assert.equal((await readerOf(db).heads(PROJECT, {})).length, 1);
  db.close();
});

test('groups by user are in order of amount and id, however many sessions are packed', async () => {
  const { db, quiet, take } = await opened('groups');
  const USERS = 1000;
  // Later users have lesser ids, and some have two sessions.
  const userOf = (session: number): string => `u${USERS - 1 - (session % USERS)}`;
  take(numbers(CHUNK_SESSIONS + 10), userOf);
  const groups = (limit: number, mostGroups?: number, sort: 'sessions' | 'errors' = 'sessions') =>
    countGroups(
      { by: 'user', sort, limit, nowNs: NOW_NS, minSpans: 1 },
      {
        rows: new SearchStatements(prepareIn(db)),
        columnRows: readerOf(db),
        project: PROJECT,
        expiredNs: 0n,
        checkpoint: () => {},
        fewSessions: 0,
      },
      mostGroups,
    );
  const compare = async (state: string): Promise<void> => {
    const { groupCount, groups: found } = await groups(20);
    assert.equal(groupCount, USERS, state);
    const twice = CHUNK_SESSIONS + 10 - USERS;
    const listed = [...Array(20).keys()].map((n) => ({ value: `u${USERS - twice + n}`, sessions: 2 }));
    assert.deepEqual(
      found.map(({ value, sessions }) => ({ value, sessions })),
      listed,
      state,
    );
    const first = await groups(3, USERS, 'errors');
    assert.deepEqual(
      first.groups.map(({ value }) => value),
      ['u0', 'u1', 'u10'],
      state,
    );
    await assert.rejects(groups(3, USERS - 1), TooManyGroupsError);
    await assert.rejects(groups(3, 10), TooManyGroupsError);
  };
  await compare('nothing is packed');
  passWindows(quiet);
  assert.equal((await readerOf(db).heads(PROJECT, {})).length, 1);
  await compare('one chunk is packed');
  take([3, 5, 500, 700], userOf);
  assert.equal((await readerOf(db).loose()).length, 4);
  await compare('some sessions of the chunk have changed');
  db.close();
});
