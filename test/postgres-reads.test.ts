import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createNormalizer } from '../src/normalize/create.js';
import { LISTED } from '../src/store/contract/listing.js';
import type { SessionPosition } from '../src/store/contract/session.js';
import { Connection } from '../src/store/postgres/connection.js';
import { SearchStatements as PostgresSearch } from '../src/store/postgres/search-statements.js';
import { KeptRows, PostgresSessionReads } from '../src/store/postgres/session-reads.js';
import { SessionThread } from '../src/store/postgres/sync-session.js';
import type { EventRange, Reads } from '../src/store/read/reads.js';
import type {
  Bounds,
  Check,
  CheckedSource,
  ColumnKind,
  SearchRows,
  Source,
} from '../src/store/search/search-rows.js';
import type { Database } from '../src/store/sqlite/database.js';
import { SqliteLoads } from '../src/store/sqlite/load.js';
import { SearchStatements as SqliteSearch } from '../src/store/sqlite/search-statements.js';
import { SqliteSessionReads } from '../src/store/sqlite/session-reads.js';
import { openEngine } from './support/engine.js';
import { startPostgres, type TestPostgres, withoutPostgres } from './support/postgres.js';
import { MirroredStore, makeTables } from './support/postgres-mirror.js';
import { NOW_NS } from './support/random-telemetry.js';
import { type SpanSpec, spanBatch } from './support/telemetry.js';

/** Reads of PostgreSQL answer as those of SQLite do, over the same rows. */

const SECOND = 1_000_000_000n;
const BASE_NS = NOW_NS - 10_000n * SECOND;
const PROJECT = 1;
const SESSIONS = 150;
const RUNS = Number(process.env.SOJOURN_CONFORMANCE_RUNS ?? 60);
const NUL = 'nul\0';
const SERVICES = ['web', 'api', NUL];
const USERS = ['ann', 'bob', NUL, 'é', '😀', '～'];
const PAGES = [
  'https://shop.example/',
  'https://shop.example/cart/1',
  'https://a.example/cart',
  'https://a.example/c%00',
];
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const root = mkdtempSync(join(tmpdir(), 'sojourn-postgres-reads-'));
let server: TestPostgres;
let thread: SessionThread;
let connection: Connection;
let db: Database;
let search: readonly [sqlite: SearchRows, postgres: SearchRows];
let reads: readonly [sqlite: Reads, postgres: Reads];
/** All values of the index, with their numbers in both. */
let values: { readonly kind: number; readonly value: string; readonly numbers: readonly [bigint, bigint] }[];
let positions: SessionPosition[];

before(async () => {
  if (withoutPostgres !== false) return;
  server = await startPostgres();
  const options = { url: await server.createDatabase(), purpose: 'test', statementMs: 60_000 };
  await makeTables(options);
  thread = new SessionThread([options, options]);
  connection = await Connection.open(options);
  const mirror = new MirroredStore(thread.sessions[0]!, thread.sessions[1]!);
  const normalizer = await createNormalizer({
    userIds: 'keep',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
  });
  const opened = openEngine(
    join(root, 'data'),
    { normalizer, hotRecords: 1_000, now: () => NOW_NS, foldFailed: (reason) => assert.fail(reason) },
    (store, db) => mirror.open(store, db),
  );
  db = opened.db;
  opened.engine.commit([{ project: 'default', batch: spanBatch(normalizer, spans()) }], true);
  for (const id of ['s7', 's11']) opened.engine.invalidate('default', id);
  opened.engine.closeTimedOut();
  mirror.compare();
  const prepare = (sql: string) => {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  const none = { read: () => undefined };
  search = [new SqliteSearch(prepare), new PostgresSearch(connection)];
  reads = [
    new SqliteSessionReads(prepare, new SqliteLoads(db), none),
    new PostgresSessionReads(
      { session: connection, versions: Promise.resolve({ version: 0, settings: 0 }) },
      new KeptRows(),
    ),
  ];
  const rows = prepare('SELECT no, kind, value FROM facet_value ORDER BY kind, value').all();
  values = await Promise.all(
    rows.map(async ({ no, kind, value }) => {
      const found = await search[1].value(PROJECT, Number(kind), String(value));
      return { kind: Number(kind), value: String(value), numbers: [no as bigint, found!.no] as const };
    }),
  );
  positions = prepare('SELECT start_ns, id FROM session')
    .all()
    .map((row) => ({ startNs: row.start_ns as bigint, id: row.id as string }));
});
after(async () => {
  db?.close();
  await connection?.close();
  await thread?.close();
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Sessions of which many share a start. */
function spans(): SpanSpec[] {
  return Array.from({ length: SESSIONS * 3 }, (_, i) => {
    const n = (i * 7919) % 1009;
    const session = i % SESSIONS;
    const start = BASE_NS + BigInt(session % 13) * 500n * SECOND + (i < SESSIONS ? 0n : BigInt(n) * SECOND);
    return {
      trace: (i + 1).toString(16),
      span: '1',
      start,
      end: start + BigInt(n % 5) * SECOND,
      resource: { 'service.name': SERVICES[n % SERVICES.length]! },
      error: n % 9 === 0,
      attributes: {
        'session.id': session % 10 === 9 ? `${NUL}${session}` : `s${session}`,
        ...(n % 3 !== 0 && { 'user.id': USERS[n % USERS.length]! }),
        ...(n % 4 === 0 && {
          'url.full': PAGES[n % PAGES.length]!,
          'user_agent.original': n % 8 === 0 ? BOT : 'Firefox/130.0',
        }),
        ...(n % 5 === 0 && {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': n % 2 === 0 ? 'gpt-4o' : NUL,
          'gen_ai.usage.input_tokens': n,
        }),
        ...(n % 11 === 0 && session > 0 && { 'session.previous_id': `s${session - 1}` }),
      },
    };
  });
}

const index = fc.nat();
const at = <T>(list: readonly T[], i: number): T => list[i % list.length]!;
const startNs = index.map((i) => BASE_NS + BigInt(i % 40) * 250n * SECOND);
const listing = fc.constantFrom(0, 1, 2, 3);
const user = fc.constantFrom(...USERS, 'nobody');

/** Values by their place, since numbers differ. */
type Of<T> = (store: 0 | 1) => T;

const source: fc.Arbitrary<Of<Source>> = fc
  .record({ starts: fc.record({ startFromNs: startNs, startToNs: startNs }, { requiredKeys: [] }) })
  .chain(({ starts }) =>
    fc.oneof(
      index.map(
        (i): Of<Source> =>
          (store) => ({ ...starts, by: 'value', no: at(values, i).numbers[store] }),
      ),
      fc.uniqueArray(fc.nat({ max: 40 }), { minLength: 1, maxLength: 6 }).map(
        (places): Of<Source> =>
          (store) => ({
            by: 'anyValue',
            numbers: [...new Set(places.map((i) => at(values, i).numbers[store]))],
          }),
      ),
      listing.map(
        (listing): Of<Source> =>
          () => ({ ...starts, by: 'start', listing }),
      ),
      fc.record({ fromNs: startNs, toNs: startNs }, { requiredKeys: [] }).chain((last) =>
        listing.map(
          (listing): Of<Source> =>
            () => ({ ...starts, ...last, by: 'last', listing }),
        ),
      ),
      fc.tuple(listing, user).map(
        ([listing, user]): Of<Source> =>
          () => ({ ...starts, by: 'user', listing, user }),
      ),
      user.map(
        (user): Of<Source> =>
          () => ({ ...starts, by: 'otherUser', user }),
      ),
    ),
  );

const bounds: fc.Arbitrary<Of<Bounds>> = fc
  .record(
    {
      startFromNs: startNs,
      startToNs: startNs,
      after: index,
      isAfterIncluded: fc.boolean(),
      direction: fc.constantFrom('older' as const, 'newer' as const),
    },
    { requiredKeys: ['direction'] },
  )
  .map(
    ({ after, ...rest }): Of<Bounds> =>
      () => ({ ...rest, ...(after !== undefined && { after: at(positions, after) }) }),
  );

const check: fc.Arbitrary<Of<Check>> = fc.oneof(
  fc
    .constantFrom<Check>(
      { is: 'atLeast', column: 'durationNs', value: 600n * SECOND },
      { is: 'atLeast', column: 'spanCount', value: 2n },
      { is: 'atLeast', column: 'costNanoUsd', value: 1_000n },
      { is: 'atMost', column: 'lastNs', value: BASE_NS + 5_000n * SECOND },
      ...(['closed', 'invalidated', 'implicit', 'bot'] as const).flatMap((is): Check[] => [
        { is, value: true },
        { is, value: false },
      ]),
      { is: 'ofUsers', users: [NUL, 'ann'] },
      { is: 'shownUser', user: NUL },
      { is: 'atPlace', query: { start: '/cart' } },
      { is: 'atPlace', query: { start: '/', origin: 'https://shop.example' } },
      { is: 'atPlace', query: { start: '/', originStart: 'https://a' } },
    )
    .map(
      (check): Of<Check> =>
        () =>
          check,
    ),
  fc.tuple(index, index).map(
    (places): Of<Check> =>
      (store) => ({
        is: 'withValue',
        numbers: places.map((i) => at(values, i).numbers[store]),
      }),
  ),
);
const checks: fc.Arbitrary<Of<Check[]>> = fc
  .tuple(fc.array(check, { maxLength: 2 }), fc.array(check, { maxLength: 2 }))
  .map(
    ([all, any]): Of<Check[]> =>
      (store) => [
        ...all.map((each) => each(store)),
        ...(any.length === 0 ? [] : [{ is: 'any', of: any.map((each) => [each(store)]) } as const]),
      ],
  );
const kind = fc.constantFrom<ColumnKind>(
  'start',
  'user',
  'statistics',
  'timeline',
  'cost',
  'duration',
  'visits',
);

/** Bytes by their digits, so that one class of them equals another. */
function plain(answer: unknown): unknown {
  if (answer instanceof Uint8Array) return Buffer.from(answer).toString('hex');
  if (Array.isArray(answer)) return answer.map(plain);
  if (answer === null || typeof answer !== 'object') return answer;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, plain(value)]));
}

async function same<T>(asked: (rows: SearchRows, store: 0 | 1) => Promise<T>, inOrder = true): Promise<void> {
  const [expected, actual] = await Promise.all(
    ([0, 1] as const).map(async (store) => plain(await asked(search[store], store))),
  );
  assert.deepEqual(inOrder ? actual : sorted(actual), inOrder ? expected : sorted(expected));
}

function sorted(answer: unknown): unknown {
  const key = (value: unknown) =>
    JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each));
  return (answer as unknown[]).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

const options = { skip: withoutPostgres };

test('sessions of a source, in pages, by columns and counted', options, () =>
  fc.assert(
    fc.asyncProperty(
      source,
      bounds,
      checks,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 30 }),
      kind,
      async (source, bounds, checks, block, limit, kind) => {
        const looked = (store: 0 | 1) => ({ checks: checks(store), block, limit });
        await same((rows, i) => rows.page(PROJECT, source(i), bounds(i), looked(i)));
        await same((rows, i) => rows.states(PROJECT, source(i), bounds(i), looked(i)));
        await same((rows, i) => rows.position(PROJECT, source(i), bounds(i), block - 1));
        await same((rows, i) => rows.count(PROJECT, source(i), bounds(i), block));
        await same((rows, i) => rows.columns(kind, PROJECT, source(i), bounds(i), looked(i)), false);
      },
    ),
    { numRuns: 5 * RUNS, includeErrorInReport: true },
  ),
);

test('sessions of several sources, by last activity and by number', options, () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(source, checks), { maxLength: 3 }),
      bounds,
      checks,
      startNs,
      startNs,
      fc.integer({ min: 1, max: 30 }),
      kind,
      async (sources, bounds, checks, fromNs, toNs, limit, kind) => {
        const ranges = (store: 0 | 1): CheckedSource[] =>
          sources.flatMap(([of, checks]) => {
            const source = of(store);
            return source.by === 'start' || source.by === 'last' || source.by === 'user'
              ? [{ source, checks: checks(store) }]
              : [];
          });
        if (ranges(0).length > 0) await same((rows, i) => rows.merged(PROJECT, ranges(i), bounds(i), limit));
        await same((rows, i) =>
          rows.byLast(PROJECT, { fromNs, toNs }, { ...bounds(i), isAfterIncluded: false }, limit),
        );
        const range = { startFromNs: fromNs, startToNs: toNs };
        await same((rows) => rows.countActive(PROJECT, range, fromNs));
        const numbers = [1, limit, 2 * limit, 1_000_000];
        await same((rows) => rows.byNumber(PROJECT, numbers), false);
        await same((rows, i) => rows.columnsByNumber(kind, PROJECT, numbers, range, checks(i)), false);
        await same(
          (rows, i) => rows.columnsByNumber(kind, PROJECT, { first: limit, last: 3 * limit }, {}, checks(i)),
          false,
        );
        await same((rows) => rows.firstStart(PROJECT, fromNs, toNs));
      },
    ),
    { numRuns: 3 * RUNS, includeErrorInReport: true },
  ),
);

test('values, counters and sums', options, async () => {
  for (const kind of new Set(values.map(({ kind }) => kind))) {
    const withoutNumbers = (all: readonly { readonly value: string; readonly count: number }[]) =>
      all.map(({ value, count }) => [value, count]);
    await same(async (rows) => withoutNumbers(await rows.values(PROJECT, kind)));
    await same(async (rows) =>
      withoutNumbers(await rows.values(PROJECT, kind, { from: 'a', below: 'z', limit: 3 })),
    );
    await same(async (rows) => withoutNumbers(await rows.commonValues(PROJECT, kind, 4, '')));
  }
  const range = { startFromNs: BASE_NS, startToNs: NOW_NS, lastFromNs: BASE_NS + 100n * SECOND };
  for (const { numbers } of values)
    for (const by of ['cost', 'duration'] as const)
      await same((rows, i) => rows.greatest(by, numbers[i], range, 5));
  for (const name of [...USERS, 'nobody']) await same((rows) => rows.isOtherUser(PROJECT, name));
  const far = 2n ** 62n;
  for (let level = 0; level < 4; level++) {
    await same((rows) => rows.rollups(PROJECT, level, 0n, far), false);
    await same((rows) => rows.rollupUsers(PROJECT, level, 0n, far), false);
    await same((rows) => rows.countRollupUsers(PROJECT, level));
    await same((rows) => rows.timeline(PROJECT, level, 0n, far, 3n), false);
  }
  for (const listing of LISTED)
    await same((rows) => rows.count(PROJECT, { by: 'start', listing }, { direction: 'older' }, 1_000));
});

test('reads of one session', options, async () => {
  const ask = async <T>(asked: (reads: Reads) => Promise<T>): Promise<T> => {
    const [expected, actual] = await Promise.all(reads.map(asked));
    assert.deepEqual(plain(actual), plain(expected));
    return expected!;
  };
  await ask((reads) => reads.callSalt());
  await ask((reads) => reads.project('default'));
  await ask((reads) => reads.project('none'));
  for (const { id } of positions) {
    const session = (await ask((reads) => reads.session(PROJECT, id)))!;
    await ask((reads) => reads.successors(PROJECT, id, 5));
    await ask((reads) => reads.marks(session));
    await ask((reads) => reads.groupVersions(session, ' x', 2));
    for (const of of ['spans', 'records'] as const)
      for (const direction of ['forward', 'backward'] as const) {
        const groups = await ask((reads) => reads.groups(session, { of, direction, limit: 2 }));
        for (const isFromIncluded of [true, false])
          await ask((reads) =>
            reads.groups(session, { of, direction, limit: 5, from: groups[0]!, isFromIncluded }),
          );
        const kinds: EventRange['kind'][] = [0, 1, 16].map((kind) => ({
          kind,
          lengthNs: 1n,
          isOfSpans: false,
        }));
        const { startNs } = groups[0]!;
        await ask((reads) =>
          reads.eventGroups(session, [
            ...kinds.map((kind): EventRange => ({ kind, from: groups[0]!, direction, limit: 3 })),
            ...kinds.map(
              (kind): EventRange => ({
                kind: { ...kind, rows: { near: 1 } },
                from: { startNs },
                direction: 'forward',
                limit: 3,
              }),
            ),
            ...kinds.map(
              (kind): EventRange => ({
                kind: { ...kind, rows: { without: 'trace' } },
                from: { startNs },
                direction,
                limit: 3,
              }),
            ),
            { kind: kinds[0]!, from: { startNs }, direction, limit: 3 },
          ]),
        );
        await ask((reads) => reads.places(groups.map(({ key }) => ({ project: PROJECT, key }))));
      }
  }
});
