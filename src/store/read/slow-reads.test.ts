import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openEngine } from '../../../test/support/engine.js';
import { plainNormalizer } from '../../../test/support/normalizer.js';
import { logBatch, type SpanSpec, spanBatch, traceId } from '../../../test/support/telemetry.js';
import { DEFAULT_PROJECT } from '../contract/store.js';
import { runLimits } from '../engine/user-runs.js';
import { openDatabase, openLogReader } from '../sqlite/database.js';
import { SqliteLoads } from '../sqlite/load.js';
import { SqliteReader } from '../sqlite/reader.js';
import { SqliteSessionReads } from '../sqlite/session-reads.js';
import { SqliteSnapshots } from '../sqlite/snapshots.js';
import type { Reads, Snapshots } from './reads.js';
import { type SessionDetailReads, SessionDetails } from './session-details.js';

/** The shared reads need few requests and work at any latency, as over a network. */

const directory = mkdtempSync(join(tmpdir(), 'sojourn-slow-reads-'));
after(() => rmSync(directory, { recursive: true }));

const START = 1_795_800_000_000_000_000n;
const SECOND = 1_000_000_000n;
const TIMEOUT_NS = 1_800n * SECOND;
const GROUPS = 300;

const normalizer = await plainNormalizer();

/** A trace with a call, an event and an exception. Every third one names a user and no session. */
function spanOf(number: number): SpanSpec {
  const start = START + BigInt(number) * SECOND;
  return {
    trace: (number + 1).toString(16),
    span: '1',
    start,
    end: start + SECOND,
    attributes: {
      ...(number % 3 === 0 ? { 'user.id': 'u1' } : { 'session.id': number % 3 === 1 ? 's1' : 's2' }),
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.id': `response-id-of-call-${number >> 1}-xYz`,
      'gen_ai.usage.input_tokens': 10 + (number >> 1),
      'gen_ai.usage.output_tokens': 3,
    },
    events: [{ name: 'exception', time: start, attributes: { 'exception.type': `E${number % 4}` } }],
  };
}

const { engine, db } = openEngine(directory, {
  normalizer,
  timeoutNs: TIMEOUT_NS,
  now: () => START,
  sessionsByUser: { identity: 'test' },
});
const numbers = Array.from({ length: GROUPS }, (_, number) => number);
engine.commit([{ project: DEFAULT_PROJECT, batch: spanBatch(normalizer, numbers.map(spanOf)) }], true);
const logs = numbers.map((number) => ({
  time: START + BigInt(number) * SECOND,
  event: 'click',
  attributes: { 'session.id': 's1', number },
}));
engine.commit([{ project: DEFAULT_PROJECT, batch: logBatch(normalizer, logs) }], true);
db.close();

const BY_USER = traceId('1');

async function answersOf(reader: SessionDetailReads): Promise<unknown[]> {
  const forward = { direction: 'forward', limit: 40 } as const;
  const answers: unknown[] = [];
  for (const id of ['s1', 's2', BY_USER]) {
    const groups = await reader.groups(DEFAULT_PROJECT, id, { limit: 25 });
    const usage = await reader.usage(DEFAULT_PROJECT, id, forward);
    answers.push(
      groups,
      usage,
      ...(await Promise.all([
        reader.session(DEFAULT_PROJECT, id),
        reader.nextSessions(DEFAULT_PROJECT, id, 10),
        reader.traces(DEFAULT_PROJECT, id, { direction: 'backward', limit: 7 }),
        reader.outline(DEFAULT_PROJECT, id, 60),
        reader.groups(DEFAULT_PROJECT, id, { limit: 25, after: groups.at(-1)!.position }),
        reader.groupsAt(
          DEFAULT_PROJECT,
          id,
          groups.map(({ position }) => position),
        ),
        reader.pageGroups(DEFAULT_PROJECT, id, { limit: 25 }),
        // A version stamp is only valid for the reader that returned it.
        reader.groupVersions(DEFAULT_PROJECT, id, { count: 30 }).then(({ versions }) => versions),
        reader.usage(DEFAULT_PROJECT, id, { ...forward, after: usage!.records.at(-1)!.position }),
        reader.exceptions(DEFAULT_PROJECT, id, { limit: 10 }),
        reader.events(DEFAULT_PROJECT, id, { ...forward, spanEvents: true }),
        reader.events(DEFAULT_PROJECT, id, { ...forward, direction: 'backward', spanEvents: true }),
      ])),
    );
  }
  answers.push(
    await reader.trace(DEFAULT_PROJECT, traceId('2')),
    await reader.span(DEFAULT_PROJECT, traceId('2'), '0000000000000001'),
  );
  return answers;
}

/** The same reads, each answered in a later turn of the event loop. Each read is reported to `count`. */
function slow(snapshots: Snapshots, count: (name: string) => void): Snapshots {
  return {
    snapshot: (work) =>
      snapshots.snapshot((reads) =>
        work(
          new Proxy(reads, {
            get: (target, name: string & keyof Reads) => async (of: never, more: never, most: never) => {
              count(name);
              await setImmediate();
              return (target[name] as (...of: never[]) => Promise<unknown>).call(target, of, more, most);
            },
          }),
        ),
      ),
  };
}

test('answers do not depend on the latency of reads, and need few of them', async () => {
  const fast = new SqliteReader(
    { directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS, sessionsByUser: true },
    normalizer,
  );
  const connection = openDatabase(directory, { readOnly: true, cacheBytes: 1 << 20 });
  const log = openLogReader(directory);
  const prepare = (sql: string) => {
    const statement = connection.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  const reads = new SqliteSessionReads(prepare, new SqliteLoads(connection), log);
  const counts = new Map<string, number>();
  const details = new SessionDetails(
    slow(new SqliteSnapshots(connection, reads), (name) => counts.set(name, (counts.get(name) ?? 0) + 1)),
    { normalizer, checkpoint: () => {}, byUser: runLimits(TIMEOUT_NS) },
  );
  const expected = await answersOf(fast);
  assert.deepEqual(await answersOf(details), expected);
  assert.ok(expected.every((answer) => answer !== undefined));

  counts.clear();
  await details.traces(DEFAULT_PROJECT, 's1', { direction: 'forward', limit: 100 });
  const asked = [...counts.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(asked < 12, `a page of 100 traces asks ${asked} times`);
  await fast.close();
  connection.close();
  log.close();
});
