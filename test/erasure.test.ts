import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import type { ByteString } from '../src/sessionize/records.js';
import type { ErasedChunk } from '../src/store/engine/erasing.js';
import { drive } from '../src/store/engine/loads.js';
import { ErasedKind, Tombstones } from '../src/store/engine/tombstones.js';
import { runLimits, UserRuns } from '../src/store/engine/user-runs.js';
import { bySegment, removeUnfinished, rewrite } from '../src/store/records/rewriting.js';
import { newLock } from '../src/store/records/segment-lock.js';
import { SqliteEngineStore } from '../src/store/sqlite/engine-store.js';
import { SqliteReader } from '../src/store/sqlite/reader.js';
import { Accepted, type SessionsByUser } from './support/accepted.js';
import { allAnswers } from './support/all-answers.js';
import { crash, openEngine } from './support/engine.js';
import {
  arrivals,
  type Item,
  NOW_NS,
  ofUsers,
  removableTelemetry,
  type Step,
  takeStep,
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

  step(step: Step): void {
    takeStep(this.open.engine, this.#normalizer, PROJECT, step);
    if (step.fault === 'crash') this.kill();
  }

  erase(session: string, end: Erasure['end']): void {
    this.#bury(ErasedKind.session, [session]);
    for (let isDone = false; !isDone; ) {
      try {
        const part = this.open.engine.erase(PROJECT, [session], ({ chunks, traces }) => {
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

/** A store that took in exactly this. The caller removes it. */
function storeOf(normalizer: Normalizer, items: readonly Item[], byUser: boolean): Store {
  const store = new Store(normalizer, 100_000, byUser);
  store.step({ items: [...items], fold: true, parts: [], fault: 'none' });
  return store;
}

/** As a store says that takes it all at once. That this depends on the set of traces alone is guarded by purity.test.ts. */
function sessionsByUser(normalizer: Normalizer): SessionsByUser {
  return (items, traces) => {
    const store = storeOf(normalizer, items, true);
    const sessions = store.sessionsByUser(traces);
    store.remove();
    return sessions;
  };
}

async function assertPure(
  items: fc.Arbitrary<Item[]>,
  byUser: boolean,
  runsByDefault: number,
): Promise<void> {
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
        const accepted = new Accepted(normalizer, byUser ? sessionsByUser(normalizer) : undefined);
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
        const expected = storeOf(normalizer, accepted.items, byUser);
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
  assertPure(removableTelemetry, false, 25));

test('promise 1 with erasure, and traces grouped by user', () =>
  assertPure(fc.oneof({ weight: 3, arbitrary: ofUsers }, { weight: 1, arbitrary: telemetry }), true, 10));
