import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import { SqliteReader } from '../src/store/sqlite/reader.js';
import { allAnswers } from './support/all-answers.js';
import { crash, openEngine } from './support/engine.js';
import { arrivals, NOW_NS, ofUsers, type Step, takeStep, telemetry } from './support/random-telemetry.js';

/**
 * The first promise: a session is a pure function of the set of telemetry accepted for it. Random telemetry
 * is sent once in one batch, and again permuted, split, repeated and with commits that fail and crashes
 * between. All answers must have the same bytes.
 */

const PROJECT = 'default';
const root = mkdtempSync(join(tmpdir(), 'sojourn-purity-'));
after(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;

/** The settings of sessions. */
interface Rules {
  readonly timeoutNs: bigint;
  /** Maximum number of traces of a session by user; undefined if traces are not grouped by user. */
  readonly mostTracesByUser?: number;
}

const BY_ID: Rules = { timeoutNs: 1_800_000_000_000n };

async function answersAfter(
  normalizer: Normalizer,
  steps: readonly Step[],
  hotRecords: number,
  { timeoutNs, mostTracesByUser }: Rules,
): Promise<string> {
  const directory = join(root, `run-${runs++}`);
  const sessionsByUser =
    mostTracesByUser === undefined ? undefined : { identity: 'test', mostTraces: mostTracesByUser };
  const open = () =>
    openEngine(directory, { normalizer, hotRecords, timeoutNs, sessionsByUser, now: () => NOW_NS });
  let store = open();
  for (const step of steps) {
    takeStep(store.engine, normalizer, PROJECT, step);
    if (step.fault === 'crash') {
      crash(store.db);
      store = open();
    }
  }
  store.engine.fold();
  store.db.close();

  const reader = new SqliteReader(
    {
      directory,
      cacheBytes: 1 << 20,
      timeoutNs,
      ...(mostTracesByUser !== undefined && { sessionsByUser: true, mostTracesByUser }),
    },
    normalizer,
  );
  const answers = await allAnswers(reader, PROJECT, timeoutNs);
  await reader.close();
  rmSync(directory, { recursive: true, force: true });
  return answers;
}

async function assertPure(items: typeof telemetry, rules: fc.Arbitrary<Rules>): Promise<void> {
  const normalizer = await createNormalizer({
    userIds: 'auto',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
    quietRoutes: ['default'],
  });
  await fc.assert(
    fc.asyncProperty(
      items.chain((all) => fc.tuple(fc.constant(all), arrivals(all))),
      fc.constantFrom(1, 8, 100_000),
      rules,
      async ([items, steps], hotRecords, rules) => {
        const once = await answersAfter(
          normalizer,
          [{ items, fold: true, parts: [], fault: 'none' }],
          100_000,
          rules,
        );
        const otherwise = await answersAfter(normalizer, steps, hotRecords, rules);
        assert.equal(otherwise, once);
      },
    ),
    { numRuns: Number(process.env.SOJOURN_PURITY_RUNS ?? 120) },
  );
}

test('promise 1: the order, batches, repetitions and crashes of telemetry change no byte of any answer', () =>
  assertPure(telemetry, fc.constant(BY_ID)));

test('promise 1 with traces grouped by user', () =>
  assertPure(
    fc.oneof({ weight: 3, arbitrary: ofUsers }, { weight: 1, arbitrary: telemetry }),
    fc.record({
      timeoutNs: fc.constantFrom(61_000_000_000n, 1_800_000_000_000n),
      mostTracesByUser: fc.constantFrom(1, 2, 10_000),
    }),
  ));
