import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BASE_NS, CONFORMANCE_SETTINGS } from '../../../../test/conformance/bench.js';
import { QUIET } from '../../../../test/support/engine.js';
import { type SpanSpec, spanBatch } from '../../../../test/support/telemetry.js';
import { createNormalizer } from '../../../normalize/create.js';
import type { RetentionPass, RetentionPolicy } from '../../contract/retention.js';
import type { Store } from '../../contract/store.js';
import { diskFiles } from '../../records/log-files.js';
import { listSegments } from '../../records/log-segment.js';
import { checkDirectory } from '../check/check-directory.js';
import { connect } from '../database.js';
import { SqliteReader } from '../reader.js';
import { KEPT_FILE } from '../schema.js';
import { openSqliteStore } from '../store.js';

/** Retention by the writing thread: what goes, what stays, and what becomes of the files. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-retention-'));
const opened = new Set<Store>();
after(async () => {
  for (const store of opened) await store.close();
  rmSync(root, { recursive: true, force: true });
});

const PROJECT = 'default';
const WAIT_MS = 60_000;
const HOUR_MS = 3_600_000;
const HOUR_NS = 3_600_000_000_000n;
const normalizer = await createNormalizer({
  ...CONFORMANCE_SETTINGS.normalizer,
  userIdKey: Buffer.alloc(32),
});

interface Opened {
  readonly store: Store;
  readonly heldBack: (string | undefined)[];
  /** Resolves when such a message of progress has come. */
  told(pattern: RegExp): Promise<void>;
  /** The next pass that removes something. */
  pass(): Promise<RetentionPass>;
  close(): Promise<void>;
}

async function open(directory: string, retention?: RetentionPolicy, nowNs = BASE_NS): Promise<Opened> {
  const { nowNs: _, ...settings } = CONFORMANCE_SETTINGS;
  const passes: RetentionPass[] = [];
  const heldBack: (string | undefined)[] = [];
  let arrived = (): void => {};
  const messages: string[] = [];
  let heard = (): void => {};
  const events = {
    ...QUIET,
    progress: (message: string) => {
      messages.push(message);
      heard();
    },
    retentionHeld: (reason: string | undefined) => void heldBack.push(reason),
    retained: (pass: RetentionPass) => {
      passes.push(pass);
      arrived();
    },
  };
  const store = await openSqliteStore({ ...settings, directory, retention, events }, { writer: { nowNs } });
  opened.add(store);
  return {
    store,
    heldBack,
    told: (pattern) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${pattern} within ${WAIT_MS} ms`)), WAIT_MS);
        heard = () => {
          if (!messages.some((message) => pattern.test(message))) return;
          clearTimeout(timer);
          resolve();
        };
        heard();
      }),
    pass: () =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no pass within ${WAIT_MS} ms`)), WAIT_MS);
        arrived = () => {
          const pass = passes.shift();
          if (pass === undefined) return;
          clearTimeout(timer);
          resolve(pass);
        };
        arrived();
      }),
    close: () => {
      opened.delete(store);
      return store.close();
    },
  };
}

async function sessionIds(directory: string, project = PROJECT): Promise<string[]> {
  const timeoutNs = BigInt(CONFORMANCE_SETTINGS.timeoutMs) * 1_000_000n;
  const reader = new SqliteReader({ directory, cacheBytes: 1 << 20, timeoutNs }, normalizer);
  try {
    const page = await reader.sessions(project, { direction: 'older', limit: 10_000, nowNs: BASE_NS });
    return page.sessions.map(({ id }) => id).sort();
  } finally {
    await reader.close();
  }
}

/** A session of two traces whose last activity was so long ago. */
function session(name: string, hoursAgo: number, bytes = 10): SpanSpec[] {
  const end = BASE_NS - BigInt(hoursAgo) * HOUR_NS;
  const hex = Buffer.from(name).toString('hex').slice(-28);
  return ['1', '2'].map((no) => ({
    trace: `${no}${hex}`,
    span: '1',
    start: end - 1_000_000_000n,
    end,
    resource: { 'service.name': 'web' },
    attributes: { 'session.id': name, 'user.id': `user of ${name}`, text: noise(`${name} ${no}`, bytes) },
  }));
}

/** Text that cannot be compressed well. */
function noise(seed: string, length: number): string {
  let state = 1;
  for (const char of seed) state = (state * 31 + char.charCodeAt(0)) % 2_147_483_647;
  let text = '';
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    text += state.toString(36);
  }
  return text;
}

const append = ({ store }: Opened, spans: readonly SpanSpec[], project = PROJECT) =>
  store.writer.append(project, spanBatch(normalizer, spans));

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(5, '0')}`);

async function appendAll(
  to: Opened,
  ids: readonly string[],
  hoursAgo: number,
  project = PROJECT,
  bytes = 10,
) {
  for (let at = 0; at < ids.length; at += 250) {
    const some = ids.slice(at, at + 250);
    await append(
      to,
      some.flatMap((id) => session(id, hoursAgo, bytes)),
      project,
    );
  }
}

function logFiles(directory: string): { readonly segments: number; readonly bytes: number } {
  const log = join(directory, 'log');
  const bytes = readdirSync(log).reduce((sum, name) => sum + statSync(join(log, name)).size, 0);
  return { segments: listSegments(diskFiles, log).length, bytes };
}

test('sessions older than the age of their project go, as a plan said; files shrink; telemetry is taken meanwhile', async () => {
  const directory = join(root, 'age');
  const policy: RetentionPolicy = { keepMs: 240 * HOUR_MS, keepMsOf: new Map([['shop', 24 * HOUR_MS]]) };
  const old = names('old', 1_000);
  const kept = names('kept', 50);
  let server = await open(directory);
  await appendAll(server, old, 300, PROJECT, 3_000);
  await appendAll(server, kept, 100);
  await appendAll(server, names('shop-old', 40), 30, 'shop');
  await appendAll(server, names('shop-new', 30), 20, 'shop');
  await server.store.writer.invalidate(PROJECT, old[7]!);
  const plan = await server.store.retentions!.retentionPlan(policy);
  await server.close();
  const before = { log: logFiles(directory), rows: statSync(join(directory, 'sessions.sqlite')).size };

  server = await open(directory, policy);
  // Telemetry comes in as long as the pass takes.
  let isOver = false;
  const meanwhile: string[] = [];
  const pass = server.pass().finally(() => {
    isOver = true;
  });
  for (let i = 0; !isOver; i++) {
    const [span] = session(`meanwhile-${i % 20}`, 0);
    assert.equal((await append(server, [{ ...span!, trace: `a${i.toString(16)}` }])).stored, 1);
    if (i < 20) meanwhile.push(`meanwhile-${i}`);
  }
  const { projects, freedBytes } = await pass;
  assert.deepEqual(
    projects,
    plan.projects.map(({ untilNs: _, ...amounts }) => amounts),
  );
  assert.deepEqual(
    projects.map(({ project, sessions, records }) => ({ project, sessions, records })),
    [
      { project: PROJECT, sessions: 1_000, records: 2_000 },
      { project: 'shop', sessions: 40, records: 80 },
    ],
  );
  assert.deepEqual(await sessionIds(directory), [...kept, ...meanwhile].sort());
  assert.deepEqual(await sessionIds(directory, 'shop'), names('shop-new', 30));
  const left = await server.store.retentions!.retentionPlan(policy);
  assert.deepEqual(
    left.projects.map(({ sessions, records, bytes }) => ({ sessions, records, bytes })),
    [0, 0].map(() => ({ sessions: 0, records: 0, bytes: 0 })),
  );
  // Nothing keeps it out: a late record makes a new session.
  assert.equal((await append(server, session(old[0]!, 0))).stored, 2);
  assert.ok((await sessionIds(directory)).includes(old[0]!));
  await server.close();

  const now = { log: logFiles(directory), rows: statSync(join(directory, 'sessions.sqlite')).size };
  assert.ok(freedBytes > before.log.bytes / 2, `${freedBytes} of ${before.log.bytes}`);
  assert.ok(now.rows < before.rows / 2, `${now.rows} of ${before.rows}`);
  assert.ok(now.log.bytes < before.log.bytes / 5, `${now.log.bytes} of ${before.log.bytes}`);
  const { findings } = await checkDirectory(directory, { progress: () => {} });
  assert.deepEqual(findings, []);
});

test('beyond a size the oldest sessions go, until the data is smaller', async () => {
  const directory = join(root, 'size');
  let server = await open(directory);
  const ids = names('sized', 750);
  for (let at = 0; at < ids.length; at += 250) {
    await appendAll(server, ids.slice(at, at + 250), 750 - at, PROJECT, 4_000);
  }
  const { dataBytes } = await server.store.retentions!.retentionPlan({ keepMsOf: new Map() });
  const keepBytes = Math.round(dataBytes / 2);
  const policy: RetentionPolicy = { keepMsOf: new Map(), keepBytes };
  const plan = await server.store.retentions!.retentionPlan(policy);
  assert.ok(plan.projects[0]!.sessions > 100);
  await server.close();
  server = await open(directory, policy);
  const { projects } = await server.pass();
  assert.ok(projects[0]!.sessions >= plan.projects[0]!.sessions);
  const left = await sessionIds(directory);
  assert.deepEqual(left, ids.slice(ids.length - left.length), 'the youngest stay');
  assert.ok(left.length > 200);
  assert.ok((await server.store.retentions!.retentionPlan(policy)).dataBytes <= keepBytes);
  await server.close();
});

test('a clock that is far ahead of all telemetry is believed to be seven days ahead of it at most', async () => {
  const directory = join(root, 'clock');
  const policy: RetentionPolicy = { keepMs: 240 * HOUR_MS, keepMsOf: new Map() };
  const server = await open(directory, policy, BASE_NS + 10_000n * HOUR_NS);
  await appendAll(server, names('day-0', 20), 0);
  await appendAll(server, names('day-4', 20), 4 * 24);
  await appendAll(server, names('day-20', 20), 20 * 24);
  const plan = await server.store.retentions!.retentionPlan(policy);
  // Ten days after the latest activity, less the seven that it is believed to be ahead.
  assert.equal(plan.projects[0]!.sessions, 40);
  assert.match(plan.heldBack ?? '', /no session had activity/);
  const { projects } = await server.pass();
  assert.equal(projects[0]!.sessions, 40);
  assert.deepEqual(await sessionIds(directory), names('day-0', 20));
  assert.match(server.heldBack.join(), /no session had activity/);
  await server.close();
});

test('a pass that failed is tried again, also if nothing is received any more', async () => {
  const directory = join(root, 'failed');
  // Looks are a twentieth of the age apart.
  const policy: RetentionPolicy = { keepMs: 20_000, keepMsOf: new Map() };
  let server = await open(directory, policy);
  await appendAll(server, ['before'], 1);
  await server.pass();
  await server.close();
  server = await open(directory);
  await appendAll(server, names('old', 5), 1);
  await appendAll(server, ['new'], 0);
  await server.close();

  const kept = connect(directory, KEPT_FILE);
  kept.exec(
    "CREATE TRIGGER refuse BEFORE INSERT ON retention_chunk BEGIN SELECT raise(ABORT, 'refused'); END",
  );
  server = await open(directory, policy);
  await server.told(/retention stopped, and is tried again: refused/);
  kept.exec('DROP TRIGGER refuse');
  kept.close();
  const { projects } = await server.pass();
  assert.deepEqual(
    projects.map(({ sessions }) => sessions),
    [5],
  );
  assert.deepEqual(await sessionIds(directory), ['new']);
  await server.close();
});

test('an erasure that cannot go on does not hold up retention, which makes room', async () => {
  const directory = join(root, 'erasure');
  let server = await open(directory);
  await appendAll(server, ['erased-1', 'erased-2', 'new'], 0);
  await appendAll(server, names('old', 5), 300);
  const erase = (session: string) =>
    server.store.erasures!.erase(PROJECT, { kind: 'sessions', sessions: [session] });
  let isDone = server.told(/^erasure .* are gone/);
  await erase('erased-1');
  await isDone;

  const kept = connect(directory, KEPT_FILE);
  kept.exec(
    "CREATE TRIGGER refuse BEFORE UPDATE ON erasure WHEN new.state = 'cleaning' BEGIN SELECT raise(ABORT, 'no room'); END",
  );
  await erase('erased-2');
  await server.told(/an erasure is tried again later: no room/);
  await server.close();
  server = await open(directory, { keepMs: 240 * HOUR_MS, keepMsOf: new Map() });
  const { projects } = await server.pass();
  assert.deepEqual(
    projects.map(({ sessions }) => sessions),
    [5],
  );
  isDone = server.told(/^erasure .* are gone/);
  kept.exec('DROP TRIGGER refuse');
  kept.close();
  await isDone;
  assert.deepEqual(await sessionIds(directory), ['new']);
  await server.close();
});
