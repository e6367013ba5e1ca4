import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import type { RetentionPass, RetentionPolicy } from '../src/store/contract/retention.js';
import { limitOf } from '../src/store/engine/retention-limits.js';
import { chunksOf } from '../src/store/records/block.js';
import { ContentRemover } from '../src/store/records/content-remover.js';
import { removeEmpty } from '../src/store/records/empty-segments.js';
import { GroupDecoder } from '../src/store/records/group-decoder.js';
import type { Rewriter } from '../src/store/records/rewriter.js';
import { rewrite } from '../src/store/records/rewriting.js';
import { newLock, newLockCell } from '../src/store/records/segment-lock.js';
import type { SqliteEngineStore } from '../src/store/sqlite/engine-store.js';
import { SqliteReader } from '../src/store/sqlite/reader.js';
import { ListedChunks } from '../src/store/sqlite/retention/listed-chunks.js';
import { RetentionWork } from '../src/store/sqlite/retention/retention-work.js';
import { Accepted } from './support/accepted.js';
import { allAnswers } from './support/all-answers.js';
import { crash, openUnrecovered, TestDisk } from './support/engine.js';
import { flipBlock } from './support/flip-block.js';
import {
  arrivals,
  type Item,
  NOW_NS,
  removableTelemetry,
  type Step,
  takeStep,
  telemetry,
} from './support/random-telemetry.js';
import { spanBatch } from './support/telemetry.js';

/**
 * The first promise with retention: a session is a pure function of the set of telemetry accepted, less what went.
 * Passes run while random telemetry arrives in any way, is sent again, and processes are killed at any point of a
 * pass. All answers must have the bytes of a store that never saw what went.
 */

const PROJECT = 'default';
const TIMEOUT_NS = 1_800_000_000_000n;
const root = mkdtempSync(join(tmpdir(), 'sojourn-retention-'));
after(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;

type Policy = Pick<RetentionPolicy, 'keepMs' | 'keepContentMs'>;

/** A pass after a step. */
interface Pass extends Killing {
  readonly keepMs: number;
}

interface Killing {
  /** The process is killed when it has done so much; the next one goes on. */
  readonly killedAt:
    | { readonly betweens: number }
    | { readonly applies: number }
    | { readonly blocks: number }
    | undefined;
  /** Whether the file of sessions is lost then. */
  readonly losesRows: boolean;
}

class Killed extends Error {}

/** A store on the calling thread, with the retention of the product. */
class Store {
  readonly directory = join(root, `run-${runs++}`);
  readonly #normalizer: Normalizer;
  readonly #hotRecords: number;
  #rows: SqliteEngineStore | undefined;
  /** How much is done until the process is killed. */
  #left = {
    betweens: Number.POSITIVE_INFINITY,
    applies: Number.POSITIVE_INFINITY,
    blocks: Number.POSITIVE_INFINITY,
  };
  readonly passes: RetentionPass[] = [];
  open: ReturnType<typeof openUnrecovered>;

  constructor(normalizer: Normalizer, hotRecords: number) {
    this.#normalizer = normalizer;
    this.#hotRecords = hotRecords;
    this.open = this.#opened();
  }

  /** Opens it as a start does: what is listed leaves the log before rows are made of it. */
  #opened(): ReturnType<typeof openUnrecovered> {
    const count = (what: 'applies' | 'betweens' | 'blocks'): void => this.#count(what);
    const open = openUnrecovered(
      this.directory,
      {
        normalizer: this.#normalizer,
        hotRecords: this.#hotRecords,
        timeoutNs: TIMEOUT_NS,
        now: () => NOW_NS,
      },
      new TestDisk(),
      (rows) => {
        this.#rows = rows;
        return {
          load: (request) => rows.load(request),
          apply: (changes, isPart) => {
            count('applies');
            rows.apply(changes, isPart);
          },
          end: () => rows.end(),
          mayPass: (error) => rows.mayPass(error),
        };
      },
    );
    this.open = open;
    this.work().beforeFolding(open.engine.foldedBlock + 1);
    open.engine.recover();
    open.files.adopt();
    return open;
  }

  #count(what: 'applies' | 'betweens' | 'blocks'): void {
    if (--this.#left[what] < 0) throw new Killed(what);
  }

  /** `nowNs`: the time of the clock. */
  work(policy?: Policy, nowNs = NOW_NS): RetentionWork {
    const { db, engine, log, disk } = this.open;
    const directory = join(this.directory, 'log');
    const rewriter: Pick<Rewriter, 'rewrite'> = {
      rewrite: async (segmentsOf) => {
        const segments = await segmentsOf();
        for (const segment of segments) {
          for (const steps = rewrite(disk, directory, segment, newLock()); !steps.next().done; )
            this.#count('blocks');
        }
        const firsts = segments.map(({ first }) => first);
        return removeEmpty(disk, directory, firsts, newLock());
      },
    };
    return new RetentionWork({
      ...{
        directory: this.directory,
        db: () => db,
        engine,
        store: this.#rows!,
        log,
        lock: newLockCell(),
        rewriter,
        texts: undefined,
      },
      ...{ files: disk, timeoutNs: TIMEOUT_NS, now: () => nowNs, isCurrent: () => true },
      policy: policy && { ...policy, keepMsOf: new Map() },
      between: async (work) => {
        this.#count('betweens');
        return work();
      },
      passed: (pass) => this.passes.push(pass),
      heldBack: () => {},
      progress: () => {},
      warn: () => {},
    });
  }

  kill(): void {
    crash(this.open.db);
    this.#opened();
  }

  step(step: Step): void {
    takeStep(this.open.engine, this.#normalizer, PROJECT, step);
    if (step.fault === 'crash') this.kill();
  }

  /** Accepts a span of a session that ended so long ago. */
  append(session: string, trace: string, agoMs: number, fold: boolean): void {
    const end = NOW_NS - BigInt(agoMs) * 1_000_000n;
    const attributes = { 'session.id': session };
    const batch = spanBatch(this.#normalizer, [{ trace, span: '1', start: end - 1n, end, attributes }]);
    this.open.engine.commit([{ project: PROJECT, batch }], fold);
  }

  /** Ids of all sessions in rows. */
  get sessions(): string[] {
    const rows = this.open.db.prepare('SELECT id FROM session ORDER BY id').all();
    return rows.map(({ id }) => id as string);
  }

  /** Sessions without activity for longer than this. */
  due(keepMs: number): Set<string> {
    this.open.engine.fold();
    const select = this.open.db.prepare('SELECT id FROM session WHERE last_ns <= ?');
    return new Set(select.all(limitOf(NOW_NS, keepMs)).map(({ id }) => id as string));
  }

  async retain({
    killedAt,
    losesRows,
    nowNs,
    ...policy
  }: Killing & Policy & { nowNs?: bigint }): Promise<void> {
    // A fold that fails is tried again by the product later.
    this.open.engine.fold();
    const never = this.#left;
    this.#left = { ...never, ...killedAt };
    try {
      await this.work(policy, nowNs).pass();
      this.#left = never;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.#left = never;
      if (losesRows) this.loseRows();
      else this.kill();
      await this.work(policy, nowNs).pass();
    }
  }

  /** The rows are lost, and made again of the log. */
  loseRows(): void {
    crash(this.open.db);
    for (const name of readdirSync(this.directory)) {
      if (name.startsWith('sessions')) rmSync(join(this.directory, name));
    }
    this.#opened();
  }

  /** Rows, but for where records are in the log, and for titles: they may be content. */
  get rows(): unknown {
    this.open.engine.fold();
    const { db } = this.open;
    const select = (columns: string): unknown => {
      const statement = db.prepare(`SELECT ${columns}`);
      statement.setReadBigInts(true);
      return statement.all();
    };
    const states = select('no, sums FROM session_state ORDER BY no') as { sums: string }[];
    return [
      'project, key FROM record_group ORDER BY 1, 2',
      'no, project, id, start_ns, last_ns, listing, user_id, cost_nano_usd, span_count, has_errors, counts FROM session ORDER BY no',
      '* FROM session_group ORDER BY 1, 2, 3, 4',
      '* FROM rollup ORDER BY 1, 2, 3, 4, 5',
      '* FROM timeline ORDER BY 1, 2, 3, 4',
      '* FROM session_facet ORDER BY 1, 2, 3',
    ]
      .map(select)
      .map((found) =>
        (found as { counts?: string }[]).map(({ counts, ...row }) => ({
          ...row,
          counts: counts?.replace(/"title":"[^"]*",?/, ''),
        })),
      )
      .concat(states.map(({ sums }) => JSON.parse(sums.split('\n')[0]!, withoutOrder)));
  }

  /** Number of records in the log that have content of messages, whether they count or not. */
  get contents(): number {
    const { log } = this.open;
    const decoder = new GroupDecoder(this.#normalizer);
    const remover = new ContentRemover(this.#normalizer);
    let found = 0;
    for (let id = 1; id <= log.lastId; id++) {
      const { directory, bytes } = log.read(id)!;
      for (const { batch } of decoder.runs(chunksOf(id, directory), bytes)) {
        const records = Array.from({ length: batch.count }, (_, index) => ({ batch, index }));
        found += remover.without(records).removed;
      }
    }
    return found;
  }

  async answers(): Promise<string> {
    this.open.engine.fold();
    const reader = new SqliteReader(
      { directory: this.directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS },
      this.#normalizer,
    );
    const answers = await allAnswers(reader, PROJECT, TIMEOUT_NS);
    await reader.close();
    return answers;
  }

  remove(): void {
    this.open.db.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const normalizer = await createNormalizer({
  userIds: 'auto',
  userIdKey: Buffer.alloc(32, 7),
  clientIp: 'keep',
  geoDatabase: undefined,
  quietRoutes: ['default'],
});

const HOUR_MS = 3_600_000;

test('a session that was just resumed stays, also while its new record is in no row', async () => {
  const store = new Store(normalizer, 100_000);
  store.append('old', 'a1', 3 * HOUR_MS, true);
  store.append('resumed', 'b1', 3 * HOUR_MS, true);
  store.append('resumed', 'b2', 0, false);
  await store.retain({ keepMs: HOUR_MS, killedAt: undefined, losesRows: false });
  assert.deepEqual(store.sessions, ['resumed']);
  const records = store.passes.flatMap(({ projects }) => projects.map((each) => each.records));
  assert.deepEqual(records, [1]);
  store.loseRows();
  assert.deepEqual(store.sessions, ['resumed']);
  store.remove();
});

test('a start on a full disk changes nothing of what is listed; the next pass of retention does', async () => {
  const store = new Store(normalizer, 100_000);
  store.append('kept', 'a1', 0, true);
  const { db, engine } = store.open;
  const listed = new ListedChunks(db);
  const chunks = [{ block: 1, offset: 0 }];
  for (const from of [engine.foldedBlock + 1, 1]) {
    // Rows still have it: it is void.
    listed.add(1, chunks);
    const work = store.work();
    store.open.disk.isFull = true;
    db.exec('PRAGMA query_only = ON');
    work.beforeFolding(from);
    assert.ok(!listed.isEmpty(true));
    db.exec('PRAGMA query_only = OFF');
    store.open.disk.isFull = false;
    await work.pass();
    assert.ok(listed.isEmpty(true));
  }
  store.loseRows();
  assert.deepEqual(store.sessions, ['kept']);
  store.remove();
});

test('what went stays out, whether a damaged block of it can be read when rows are made again or not', async () => {
  const store = new Store(normalizer, 100_000);
  store.append('old', 'a1', 100 * HOUR_MS, true);
  store.append('kept', 'a2', 0, true);
  const log = join(store.directory, 'log');
  flipBlock(log, 1);
  await store.retain({ killedAt: undefined, losesRows: false, keepMs: 50 * HOUR_MS });
  assert.deepEqual(store.sessions, ['kept']);
  store.loseRows();
  assert.deepEqual(store.sessions, ['kept']);
  store.append('late', 'a3', 100 * HOUR_MS, true);
  await store.retain({ killedAt: undefined, losesRows: false, keepMs: 50 * HOUR_MS });
  assert.deepEqual(store.sessions, ['kept']);
  flipBlock(log, 1);
  assert.ok(store.open.log.read(1)!.records > 0);
  store.loseRows();
  assert.deepEqual(store.sessions, ['kept']);
  assert.equal(store.open.log.read(1)!.records, 0);
  assert.ok(new ListedChunks(store.open.db).isEmpty(true));
  store.remove();
});

test('promise 1 with retention: answers are those of a store that never accepted what went', async () => {
  const pass: fc.Arbitrary<Pass> = fc.record({
    keepMs: fc.integer({ min: 3_150_000, max: 3_620_000 }),
    killedAt: fc.option(
      fc.oneof(
        fc.record({ betweens: fc.nat(12) }),
        fc.record({ applies: fc.nat(4) }),
        fc.record({ blocks: fc.nat(4) }),
      ),
      { nil: undefined },
    ),
    losesRows: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      removableTelemetry.chain(arrivals),
      fc.array(fc.option(pass, { nil: undefined, freq: 2 }), { minLength: 12, maxLength: 12 }),
      fc.constantFrom(1, 8, 100_000),
      async (steps, passes, hotRecords) => {
        const store = new Store(normalizer, hotRecords);
        const accepted = new Accepted(normalizer);
        for (const [i, step] of steps.entries()) {
          store.step(step);
          accepted.add(step.items);
          const pass = passes[i % passes.length];
          if (pass === undefined) continue;
          const due = store.due(pass.keepMs);
          await store.retain(pass);
          accepted.remove(due);
        }
        const expected = new Store(normalizer, 100_000);
        expected.step({ items: accepted.items, fold: true, parts: [], fault: 'none' });
        const once = await expected.answers();
        assert.equal(await store.answers(), once, 'as rows followed');
        store.loseRows();
        assert.equal(await store.answers(), once, 'as the log has it');
        store.remove();
        expected.remove();
      },
    ),
    { numRuns: Number(process.env.SOJOURN_PURITY_RUNS ?? 25) },
  );
});

/** Digests of calls and models are in the order in which groups were exchanged; answers have an order of their own. */
function withoutOrder(key: string, value: unknown): unknown {
  if (key === 'marks') return undefined;
  if (key !== 'models' || !Array.isArray(value)) return value;
  return value.toSorted((a, b) => (a.model < b.model ? -1 : 1));
}

/** The same with messages of models, in every place that has some. */
function withContent(item: Item, i: number): Item {
  const said = `said ${'so much '.repeat(i % 3)}`;
  const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: said }] }]);
  if ('point' in item || i % 4 === 3) return item;
  if ('log' in item) {
    const { log } = item;
    const attributes = { ...log.attributes, 'gen_ai.system': 'openai' };
    return { log: { ...log, event: 'gen_ai.user.message', body: { content: said }, attributes } };
  }
  const { span } = item;
  const attributes = { ...span.attributes, 'gen_ai.input.messages': messages };
  if (i % 4 === 2) return { span: { ...span, attributes } };
  const event = { name: 'gen_ai.content.prompt', time: span.start, attributes: { 'gen_ai.prompt': said } };
  return { span: { ...span, attributes, events: [...(span.events ?? []), event] } };
}

/** No session is active then any more: clocks of senders count as ahead by a day at most (S21). */
const LATER_NS = NOW_NS + 2n * 86_400_000_000_000n;

test('promise 1 when content goes: rows stay, and answers are those of a store that accepted all before content went', async () => {
  const pass = fc.record({
    keepContentMs: fc.integer({ min: 3_400_000, max: 3_620_000 }),
    killedAt: fc.option(
      fc.oneof(
        fc.record({ betweens: fc.nat(12) }),
        fc.record({ applies: fc.nat(4) }),
        fc.record({ blocks: fc.nat(4) }),
      ),
      { nil: undefined },
    ),
    losesRows: fc.boolean(),
  });
  // A record may lose its content while a session is due that it leaves later. So all are due in the end.
  const all = { keepContentMs: 1_000, killedAt: undefined, losesRows: false, nowNs: LATER_NS };
  let removed = 0;
  await fc.assert(
    fc.asyncProperty(
      telemetry.map((items) => items.map(withContent)).chain(arrivals),
      fc.array(fc.option(pass, { nil: undefined, freq: 2 }), { minLength: 12, maxLength: 12 }),
      fc.constantFrom(1, 8, 100_000),
      async (steps, passes, hotRecords) => {
        const store = new Store(normalizer, hotRecords);
        for (const [i, step] of steps.entries()) {
          store.step(step);
          const pass = passes[i % passes.length];
          if (pass !== undefined) await store.retain(pass);
        }
        const expected = new Store(normalizer, 100_000);
        expected.step({
          items: steps.flatMap(({ items }) => items),
          fold: true,
          parts: [],
          fault: 'none',
        });
        const before = expected.rows;
        await expected.retain(all);
        assert.deepEqual(expected.rows, before, 'rows');
        await store.retain(all);
        const once = await expected.answers();
        assert.equal(await store.answers(), once, 'as rows followed');
        assert.equal(store.contents, 0);
        store.loseRows();
        assert.equal(await store.answers(), once, 'as the log has it');
        // What comes again changes nothing, and has its content removed at the next pass.
        for (const step of steps) store.step(step);
        await store.retain(all);
        assert.equal(await store.answers(), once, 'after all came again');
        assert.equal(store.contents, 0);
        for (const { projects } of store.passes) for (const { contents } of projects) removed += contents;
        store.remove();
        expected.remove();
      },
    ),
    { numRuns: Number(process.env.SOJOURN_PURITY_RUNS ?? 25) },
  );
  assert.ok(removed > 0);
});
