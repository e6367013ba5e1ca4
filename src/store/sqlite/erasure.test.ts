import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BASE_NS, CONFORMANCE_SETTINGS } from '../../../test/conformance/bench.js';
import { crash, openEngine, QUIET } from '../../../test/support/engine.js';
import { type SpanSpec, spanBatch, traceId } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import type { ErasureJob, ErasuresDue } from '../contract/erasure.js';
import type { Store } from '../contract/store.js';
import { connect, Meta, openLogReader } from './database.js';
import { SAFE_SCHEMA } from './kept-file.js';
import { SqliteReader } from './reader.js';
import { ListedChunks } from './retention/listed-chunks.js';
import { ERASURE_SCHEMA, KEPT_FILE, KEPT_SAFE_SCHEMA } from './schema.js';
import { openSqliteStore } from './store.js';

/** Erasure by the writing thread: what is left of a session on the disk, and what comes again. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-erasure-'));
const opened = new Set<Store>();
after(async () => {
  for (const store of opened) await store.close();
  rmSync(root, { recursive: true, force: true });
});

const PROJECT = 'default';
const WAIT_MS = 30_000;
const normalizer = await createNormalizer({
  ...CONFORMANCE_SETTINGS.normalizer,
  userIdKey: Buffer.alloc(32),
});

interface Opened {
  readonly store: Store;
  readonly directory: string;
  /** Numbers of jobs that were not done, as they were reported. */
  readonly due: readonly ErasuresDue[];
}

async function open(directory: string, nowNs = BASE_NS): Promise<Opened> {
  const { nowNs: _, ...settings } = CONFORMANCE_SETTINGS;
  const due: ErasuresDue[] = [];
  const events = { ...QUIET, erasuresDue: (jobs: ErasuresDue): void => void due.push(jobs) };
  const store = await openSqliteStore(
    { ...settings, directory, tombstonesForMs: 1_000_000, events },
    { writer: { nowNs } },
  );
  opened.add(store);
  return { store, directory, due };
}

function close({ store }: Opened): Promise<void> {
  opened.delete(store);
  return store.close();
}

async function read<T>(directory: string, work: (reader: SqliteReader) => Promise<T>): Promise<T> {
  const timeoutNs = BigInt(CONFORMANCE_SETTINGS.timeoutMs) * 1_000_000n;
  const reader = new SqliteReader({ directory, cacheBytes: 1 << 20, timeoutNs }, normalizer);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

const sessionIds = (directory: string): Promise<string[]> =>
  read(directory, async (reader) => {
    const page = await reader.sessions(PROJECT, { direction: 'older', limit: 1000, nowNs: BASE_NS });
    return page.sessions.map(({ id }) => id).sort();
  });

const append = ({ store }: Opened, ...spans: readonly SpanSpec[]) =>
  store.writer.append(PROJECT, spanBatch(normalizer, spans));

/** A span with an id of a session, a user and a page that are found nowhere else. */
function span(
  session: string,
  user: string,
  trace: string,
  attributes: SpanSpec['attributes'] = {},
): SpanSpec {
  return {
    trace,
    span: '1',
    name: `named-${session}`,
    start: BASE_NS - 5_000_000_000n,
    end: BASE_NS - 4_000_000_000n,
    resource: { 'service.name': `service-of-${session}` },
    attributes: {
      'session.id': session,
      'user.id': user,
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': `model-of-${session}`,
      'gen_ai.response.id': `response-of-${session}-${trace}`,
      'gen_ai.usage.input_tokens': 7,
      ...attributes,
    },
  };
}

async function finished({ store }: Opened, id: string): Promise<ErasureJob> {
  const endMs = performance.now() + WAIT_MS;
  for (;;) {
    const job = (await store.erasures!.erasure(PROJECT, id))!;
    if (job.state === 'done' || job.state === 'failed') return job;
    assert.ok(performance.now() < endMs, `it is still ${job.state} after ${WAIT_MS} ms`);
    await sleep(20);
  }
}

async function erase({ store }: Opened, target: Parameters<NonNullable<Store['erasures']>['erase']>[1]) {
  const begun = await store.erasures!.erase(PROJECT, target);
  assert.ok('job' in begun);
  return begun.job;
}

/** Where a text or id is in the files: as bytes, and in the decompressed log. */
function placesOf(directory: string, needle: string | Buffer): string[] {
  const places: string[] = [];
  const look = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) look(path);
      else if (readFileSync(path).includes(needle)) places.push(path);
    }
  };
  look(directory);
  const reader = openLogReader(directory);
  for (let id = 1; ; id++) {
    const block = reader.read(id);
    if (block === undefined) break;
    if (block.bytes.includes(needle)) places.push(`block ${id}`);
  }
  reader.close();
  return places;
}

/** The least schema whose programs may open the directory. */
function leastSchemaOf(directory: string): number | undefined {
  const db = connect(directory, KEPT_FILE);
  try {
    return new Meta(db).number(SAFE_SCHEMA);
  } finally {
    db.close();
  }
}

const trace = (short: string): Buffer => Buffer.from(traceId(short), 'hex');
const GONE = 'session-that-goes';
const GONE_TRACES = ['a7f3c1d9e8b24650', 'a7f3c1d9e8b24651'] as const;
const STAYS = 'session-that-stays';

test('an erased session is in no answer at once, and soon in no byte of any file; its neighbours are as before', async () => {
  const opened = await open(join(root, 'bytes'));
  const { directory } = opened;
  for (const [i, id] of GONE_TRACES.entries()) {
    await append(opened, span(GONE, 'user-that-goes', id, { 'url.full': `https://gone.example/${i}` }));
    await append(opened, span(STAYS, 'user-that-stays', `b${i}`));
  }
  // A trace of both sessions.
  await append(
    opened,
    { ...span(STAYS, 'user-that-stays', 'c'), span: '1' },
    { ...span(GONE, 'user-that-goes', 'c'), span: '2', parent: '1' },
  );
  await opened.store.writer.invalidate(PROJECT, GONE);
  const stayed = () => read(directory, (reader) => reader.session(PROJECT, STAYS));
  const before = await stayed();
  assert.ok(placesOf(directory, GONE).length > 0);

  assert.equal(leastSchemaOf(directory), KEPT_SAFE_SCHEMA);
  const job = await erase(opened, { kind: 'sessions', sessions: [GONE] });
  // Earlier programs would take in again what is to stay out.
  assert.equal(leastSchemaOf(directory), ERASURE_SCHEMA);
  assert.deepEqual(await sessionIds(directory), [STAYS]);
  assert.deepEqual(await stayed(), before);
  const done = await finished(opened, job.id);
  assert.deepEqual(done.counts, { sessions: 1, traces: 3, spans: 3, logs: 0, chunks: done.counts.chunks });
  const needles = [
    GONE,
    'user-that-goes',
    'gone.example',
    ...GONE_TRACES.map(trace),
    ...GONE_TRACES.map((id) => traceId(id)),
  ];
  for (const needle of needles) assert.deepEqual(placesOf(directory, needle), [], String(needle));
  assert.deepEqual(await stayed(), before);
  assert.ok(placesOf(directory, STAYS).length > 0);

  const { statement, signature, publicKey } = done.receipt!;
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  assert.ok(verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64')));
  assert.ok(!verify(null, Buffer.from(statement.replace('3', '4')), key, Buffer.from(signature, 'base64')));
  const { erased, found, searched } = JSON.parse(statement) as Record<string, Record<string, number>>;
  assert.deepEqual(erased, { ...done.counts });
  assert.deepEqual(found, []);
  assert.equal(searched!.ids, 3, 'two traces that went as a whole, and the session');
  await close(opened);
  for (const needle of needles) assert.deepEqual(placesOf(directory, needle), [], String(needle));
  assert.ok(opened.due.some(({ unfinished, failed }) => unfinished === 1 && failed === 0));
  assert.deepEqual(opened.due.at(-1), { unfinished: 0, failed: 0 });
});

test('what comes late or again for an erased session or user stays out until its tombstone expires', async () => {
  const directory = join(root, 'late');
  let opened = await open(directory);
  const child: SpanSpec = {
    trace: 'd1',
    span: '2',
    parent: '1',
    start: BASE_NS,
    end: BASE_NS,
    resource: { 'service.name': 'web' },
  };
  await append(opened, span('s1', 'ann', 'd1'), child);
  await append(opened, span('s2', 'bob', 'd2'), span('s3', 'ann', 'd3'));
  await finished(opened, (await erase(opened, { kind: 'sessions', sessions: ['s1'] })).id);
  await finished(opened, (await erase(opened, { kind: 'user', users: ['bob'] })).id);
  assert.deepEqual(await sessionIds(directory), ['s3']);
  const late = async (): Promise<void> => {
    // Again, as a child without a session, and with a time in the future.
    const { stored, erased } = await append(opened, span('s1', 'ann', 'd1'), child, { ...child, span: '3' });
    assert.deepEqual({ stored, erased }, { stored: 0, erased: 3 });
    const ahead = { ...span('s1', 'cleo', 'd9'), start: BASE_NS * 2n, end: BASE_NS * 2n };
    assert.equal((await append(opened, ahead)).erased, 1);
    assert.equal(
      (await append(opened, span('s9', 'bob', 'd8'))).erased,
      1,
      'a new session of an erased user',
    );
    assert.deepEqual(await sessionIds(directory), ['s3']);
  };
  await late();
  await close(opened);
  opened = await open(directory);
  await late();
  await close(opened);
  opened = await open(directory, BASE_NS + 1_000_001n * 1_000_000n);
  assert.equal((await append(opened, span('s1', 'ann', 'd1'), child)).erased, undefined);
  assert.deepEqual(await sessionIds(directory), ['s1', 's3']);
  await close(opened);
  assert.deepEqual(
    placesOf(directory, 'service-of-s2').map((path) => path.replace(directory, '')),
    [],
  );
});

test('all sessions of a user are erased, also those of future times; a job that was interrupted is finished by the next start', async () => {
  const directory = join(root, 'user');
  let opened = await open(directory);
  const user = 'user-of-many-sessions';
  for (let i = 0; i < 25; i++) {
    const ahead = i % 10 === 0 ? 400n * 86_400n * 1_000_000_000n : 0n;
    const own = span(`many-sessions-${i}`, user, `e${i}`);
    await append(
      opened,
      { ...own, start: own.start + ahead, end: own.end + ahead },
      span(`other-${i}`, `u${i}`, `f${i}`),
    );
  }
  const job = await erase(opened, { kind: 'user', users: [user] });
  await close(opened);
  opened = await open(directory);
  const done = await finished(opened, job.id);
  assert.equal(done.state, 'done');
  assert.equal(done.counts.sessions, 25);
  assert.deepEqual(
    (await sessionIds(directory)).filter((id) => !id.startsWith('other-')),
    [],
  );
  assert.equal((await sessionIds(directory)).length, 25);
  for (const needle of [user, 'many-sessions-']) assert.deepEqual(placesOf(directory, needle), []);
  assert.deepEqual(await opened.store.erasures!.erase(PROJECT, { kind: 'user', users: [user] }), {
    refused: 'unknown',
  });
  assert.equal(await opened.store.erasures!.erasure(PROJECT, 'er_unknown'), undefined);
  await close(opened);
});

test('an erasure of a user also removes what retention has listed of it, and only then signs the receipt', async () => {
  const directory = join(root, 'listed');
  const user = 'user-of-old-and-new';
  const { db, engine } = openEngine(directory, { normalizer, now: () => BASE_NS });
  const batch = spanBatch(normalizer, [
    { ...span('old-session', user, 'a1'), span: '1' },
    { ...span('new-session', user, 'a2'), span: '1' },
    { ...span('other-session', 'another-user', 'a3'), span: '1' },
  ]);
  engine.commit([{ project: PROJECT, batch }], true);
  // A server that is stopped when its retention has removed the rows, and not the records.
  const listed = new ListedChunks(db);
  engine.erase(PROJECT, ['old-session'], ({ chunks }) => listed.add(1, chunks), { removedPiece: 1 });
  crash(db);
  assert.ok(placesOf(directory, 'old-session').length > 0);

  const opened = await open(directory);
  const { receipt } = await finished(opened, (await erase(opened, { kind: 'user', users: [user] })).id);
  const { found, searched } = JSON.parse(receipt!.statement);
  assert.deepEqual(found, []);
  for (const needle of [user, 'old-session', 'new-session'])
    assert.deepEqual(placesOf(directory, needle), [], needle);
  assert.equal(searched.blocks, 1);
  assert.deepEqual(await sessionIds(directory), ['other-session']);
  await close(opened);
});
