import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import { RECORD_SPAN } from '../src/otlp/record-batch.js';
import { Binder } from '../src/sessionize/bind.js';
import { type ByteString, Group } from '../src/sessionize/records.js';
import type { ErasedChunk } from '../src/store/engine/erasing.js';
import { drive } from '../src/store/engine/loads.js';
import { ErasedKind, Tombstones } from '../src/store/engine/tombstones.js';
import { runLimits, UserRuns } from '../src/store/engine/user-runs.js';
import { GroupKeys } from '../src/store/records/group-keys.js';
import { compareSources, HeldSpan, heldLog, spanIdOf, traceIdOf } from '../src/store/records/held-records.js';
import { bySegment, removeUnfinished, rewrite } from '../src/store/records/rewriting.js';
import { newLock } from '../src/store/records/segment-lock.js';
import { SqliteEngineStore } from '../src/store/sqlite/engine-store.js';
import { SqliteReader } from '../src/store/sqlite/reader.js';
import { allAnswers } from './support/all-answers.js';
import { crash, openEngine } from './support/engine.js';
import {
  arrivals,
  batchesOf,
  type Item,
  NOW_NS,
  ofUsers,
  type Step,
  telemetry,
} from './support/random-telemetry.js';

/**
 * The first promise with erasure: a session is a pure function of the set of telemetry accepted, less what was
 * erased. Random sessions are erased while random telemetry arrives in any way, is sent again, and processes are
 * killed at any point of an erasure. All answers must have the bytes of a store that never saw what was erased.
 */

const PROJECT = 'default';
/** The number of the only project. */
const PROJECT_NO = 1;
const TIMEOUT_NS = 1_800_000_000_000n;
const FOREVER_NS = 2n ** 62n;
const root = mkdtempSync(join(tmpdir(), 'sojourn-erasure-'));
after(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;

/** A session to erase after a step, and how far that gets before the process is killed. */
interface Erasure {
  /** Which of the sessions that exist; the remainder by their number. */
  readonly choice: number;
  readonly end: 'done' | 'killed before rows' | 'killed before the log' | 'killed in the log';
}

/**
 * What a store accepted and did not erase: computed from the rules alone. Which session by user a trace is in, a store
 * says that takes it all at once; that this depends on the set of traces alone is guarded by purity.test.ts.
 */
class Accepted {
  readonly #normalizer: Normalizer;
  readonly #byUser: boolean;
  readonly #sessions = new Set<string>();
  readonly #traces = new Set<string>();
  items: Item[] = [];

  constructor(normalizer: Normalizer, byUser: boolean) {
    this.#normalizer = normalizer;
    this.#byUser = byUser;
  }

  /** A store that took in exactly this. The caller removes it. */
  asStore(): Store {
    const store = new Store(this.#normalizer, 100_000, this.#byUser);
    store.step({ items: this.items, fold: true, parts: [], fault: 'none' });
    return store;
  }

  #records(item: Item) {
    return batchesOf(this.#normalizer, [item]).flatMap((batch) =>
      Array.from({ length: batch.count }, (_, index) => ({
        batch,
        index,
        session: batch.strings[batch.session[index]!],
        trace: traceIdOf(batch, index),
      })),
    );
  }

  add(items: readonly Item[]): void {
    for (const item of items) {
      const isErased = this.#records(item).some(({ session, trace }) =>
        session === undefined ? this.#traces.has(trace) : this.#sessions.has(session),
      );
      if (!isErased) this.items.push(item);
    }
  }

  /** The groups of all records, and the items of each record by its id. */
  #groups() {
    const keys = new GroupKeys();
    const groups = new Map<string, { group: Group<HeldSpan>; items: Map<string, Item[]> }>();
    for (const item of this.items) {
      for (const { batch, index, trace } of this.#records(item)) {
        const key = keys.of(batch, index);
        let entry = groups.get(key);
        if (entry === undefined) {
          entry = { group: new Group<HeldSpan>(trace), items: new Map() };
          groups.set(key, entry);
        }
        const isSpan = batch.kind[index] === RECORD_SPAN;
        const log = isSpan ? undefined : heldLog(batch, index);
        if (log === undefined) entry.group.addSpan(new HeldSpan({ batch, index }), compareSources);
        else entry.group.addLog(log);
        const id = log === undefined ? `span ${spanIdOf(batch, index)}` : `log ${log.id}`;
        entry.items.set(id, [...(entry.items.get(id) ?? []), item]);
      }
    }
    if (this.#byUser) {
      const store = this.asStore();
      const ofTraces = [...groups].filter(([, { group }]) => group.traceId !== '');
      const sessions = store.sessionsByUser(ofTraces.map(([key]) => key));
      for (const [i, [, { group }]] of ofTraces.entries()) group.sessionByUser = sessions[i];
      store.remove();
    }
    return groups;
  }

  get sessions(): string[] {
    const found = new Set<string>();
    for (const { group } of this.#groups().values()) {
      const binder = new Binder(group);
      for (const span of group.spans.values()) found.add(binder.span(span).session);
      for (const log of group.logs.values()) found.add(binder.log(log).session);
    }
    return [...found].sort();
  }

  erase(session: string): void {
    this.#sessions.add(session);
    const erased = new Set<Item>();
    for (const { group, items } of this.#groups().values()) {
      const binder = new Binder(group);
      const ids = [
        ...[...group.spans.values()]
          .filter((span) => binder.span(span).session === session)
          .map(({ id }) => `span ${id}`),
        ...[...group.logs.values()]
          .filter((log) => binder.log(log).session === session)
          .map(({ id }) => `log ${id}`),
      ];
      if (ids.length > 0 && group.traceId !== '') this.#traces.add(group.traceId);
      for (const item of ids.flatMap((id) => items.get(id)!)) erased.add(item);
    }
    this.items = this.items.filter((item) => !erased.has(item));
  }
}

/** A store on the calling thread, with what a job of the product stores durably. */
class Store {
  readonly directory = join(root, `run-${runs++}`);
  readonly #normalizer: Normalizer;
  readonly #hotRecords: number;
  readonly #byUser: boolean;
  readonly #tombstones = new Tombstones(Buffer.alloc(32, 3), () => NOW_NS);
  #chunks: ErasedChunk[] = [];
  open: ReturnType<typeof openEngine>;

  constructor(normalizer: Normalizer, hotRecords: number, byUser: boolean) {
    this.#normalizer = normalizer;
    this.#hotRecords = hotRecords;
    this.#byUser = byUser;
    this.open = this.#opened();
  }

  #opened() {
    return openEngine(this.directory, {
      normalizer: this.#normalizer,
      hotRecords: this.#hotRecords,
      timeoutNs: TIMEOUT_NS,
      tombstones: this.#tombstones,
      sessionsByUser: this.#byUser ? { identity: 'test' } : undefined,
      now: () => NOW_NS,
    });
  }

  /** The session by user of each of these traces; undefined for those that are in none. */
  sessionsByUser(keys: readonly ByteString[]): (string | undefined)[] {
    const plan = new UserRuns(runLimits(TIMEOUT_NS)).sessionsOf(
      keys.map((key) => ({ project: PROJECT_NO, key })),
    );
    const store = new SqliteEngineStore(this.open.db);
    return drive(plan, (request) => store.load(request as Parameters<typeof store.load>[0]));
  }

  kill(): void {
    crash(this.open.db);
    this.open = this.#opened();
  }

  step({ items, fold, parts, fault }: Step): void {
    const batches = () => batchesOf(this.#normalizer, items).map((batch) => ({ project: PROJECT, batch }));
    const { engine } = this.open;
    if (fault === 'disk') {
      engine.stage(batches(), () => undefined);
      engine.giveUp();
    }
    engine.commit(batches(), fold);
    for (const { records, isEnd } of parts) {
      engine.foldSome(records);
      if (isEnd) engine.endFold();
    }
    if (fault === 'crash') this.kill();
  }

  erase(session: string, end: Erasure['end']): void {
    this.#bury(ErasedKind.session, [session]);
    for (let isDone = false; !isDone; ) {
      try {
        const part = this.open.engine.erase(PROJECT, session, ({ chunks, traces }) => {
          this.#chunks.push(...chunks);
          this.#bury(ErasedKind.trace, traces);
          if (end === 'killed before rows' && !isDone) throw new Error('killed');
        });
        isDone = part === undefined || !part.hasMore;
      } catch (error) {
        if ((error as Error).message !== 'killed') throw error;
        this.kill();
        end = 'done';
      }
    }
    if (end === 'killed before the log') this.kill();
    this.rewrite(end === 'killed in the log' ? 1 : undefined);
  }

  #bury(kind: ErasedKind, ids: readonly string[]): void {
    const hashes = ids.map((id) => this.#tombstones.hash(kind, PROJECT_NO, id));
    this.#tombstones.add(hashes.map((hash) => ({ hash, expiresNs: FOREVER_NS })));
  }

  /** Removes what is listed from the log. With `steps`, the process is killed after so many, and continues. */
  rewrite(steps?: number): void {
    const { disk, log } = this.open;
    const directory = join(this.directory, 'log');
    const chunks = new Map<number, Set<number>>();
    for (const { block, offset } of this.#chunks) {
      chunks.set(block, (chunks.get(block) ?? new Set()).add(offset));
    }
    log.seal();
    removeUnfinished(disk, directory);
    let left = steps ?? Number.POSITIVE_INFINITY;
    for (const segment of bySegment(disk, directory, chunks)) {
      for (const rewriting = rewrite(disk, directory, segment, newLock()); !rewriting.next().done; ) {
        if (left-- > 0) continue;
        this.kill();
        this.rewrite();
        return;
      }
    }
    this.#chunks = [];
  }

  /** The rows are lost, and made again of the log. */
  loseRows(): void {
    crash(this.open.db);
    for (const name of readdirSync(this.directory)) {
      if (name.startsWith('sessions')) rmSync(join(this.directory, name));
    }
    this.open = this.#opened();
  }

  async answers(): Promise<string> {
    this.open.engine.fold();
    const reader = new SqliteReader(
      {
        directory: this.directory,
        cacheBytes: 1 << 20,
        timeoutNs: TIMEOUT_NS,
        sessionsByUser: this.#byUser,
      },
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

async function assertPure(items: typeof telemetry, byUser: boolean, runsByDefault: number): Promise<void> {
  const normalizer = await createNormalizer({
    userIds: 'auto',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
    quietRoutes: ['default'],
  });
  const erasure: fc.Arbitrary<Erasure> = fc.record({
    choice: fc.nat(20),
    end: fc.constantFrom('done', 'killed before rows', 'killed before the log', 'killed in the log'),
  });
  await fc.assert(
    fc.asyncProperty(
      items.chain(arrivals),
      fc.array(fc.option(erasure, { nil: undefined, freq: 2 }), { minLength: 12, maxLength: 12 }),
      fc.constantFrom(1, 8, 100_000),
      async (steps, erasures, hotRecords) => {
        const store = new Store(normalizer, hotRecords, byUser);
        const accepted = new Accepted(normalizer, byUser);
        for (const [i, step] of steps.entries()) {
          store.step(step);
          accepted.add(step.items);
          const erasure = erasures[i % erasures.length];
          const { sessions } = accepted;
          if (erasure === undefined || sessions.length === 0) continue;
          const session = sessions[erasure.choice % sessions.length]!;
          store.erase(session, erasure.end);
          accepted.erase(session);
        }
        const expected = accepted.asStore();
        const once = await expected.answers();
        assert.equal(await store.answers(), once, 'as rows followed');
        store.loseRows();
        assert.equal(await store.answers(), once, 'as the log has it');
        store.remove();
        expected.remove();
      },
    ),
    { numRuns: Number(process.env.SOJOURN_PURITY_RUNS ?? runsByDefault) },
  );
}

test('promise 1 with erasure: answers are those of a store that never accepted what was erased', () =>
  assertPure(telemetry, false, 25));

test('promise 1 with erasure, and traces grouped by user', () =>
  assertPure(fc.oneof({ weight: 3, arbitrary: ofUsers }, { weight: 1, arbitrary: telemetry }), true, 10));
