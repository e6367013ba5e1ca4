import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { sessionsByUser } from '../../../test/support/sessions-by-user.js';
import { HOUR_NS, type UserPart } from '../../sessionize/by-user.js';
import { openForWriting } from '../sqlite/database.js';
import { type PartChange, runLimits, UserRunIndex } from './user-runs.js';

/** S40: sessions by user are a function of the set of traces, in whatever steps they come, change and go. */

const root = mkdtempSync(join(tmpdir(), 'sojourn-user-runs-'));

const PROJECT = 1;
const MINUTE_NS = 60_000_000_000n;
const BASE_NS = 500_000n * HOUR_NS;

const db = openForWriting(mkdtempSync(join(root, 'data-')), 1 << 20);
db.exec('PRAGMA synchronous = OFF');
after(() => {
  db.close();
  rmSync(root, { recursive: true });
});

function idOf(key: string): string {
  return Buffer.from(key, 'latin1').toString('hex');
}

/** Few hours and many pauses of about the time-out; some traces that reach over hours, and days without a pause. */
const part = (days: boolean): fc.Arbitrary<UserPart> =>
  fc
    .record({
      user: fc.constantFrom('ann', 'ann', 'bob'),
      hour: fc.nat(days ? 60 : 4),
      minute: fc.constantFrom(0n, 5n, 10n, 29n, 30n, 31n, 59n),
      length: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(0n, 1n, 10n, 29n, 31n) },
        { weight: 1, arbitrary: fc.constantFrom(90n, 200n, 24n * 60n) },
      ),
    })
    .map(({ user, hour, minute, length }) => {
      const startNs = BASE_NS + BigInt(hour) * HOUR_NS + minute * MINUTE_NS;
      return { user, startNs, endNs: startNs + length * MINUTE_NS };
    });

const keys = fc.nat(11).map((n) => String.fromCharCode(n).padStart(16, '\u00ff'));

/** Each trace at most once a step; undefined where nothing of it is of a user any more. */
const steps = (days: boolean): fc.Arbitrary<(readonly [string, UserPart | undefined])[][]> =>
  fc.array(
    fc.uniqueArray(fc.tuple(keys, fc.option(part(days), { nil: undefined, freq: 5 })), {
      selector: ([key]) => key,
      minLength: 1,
      maxLength: 6,
    }),
    { minLength: 1, maxLength: 12 },
  );

const worlds = fc.boolean().chain((days) =>
  fc.record({
    steps: steps(days),
    timeoutNs: fc.constantFrom(
      MINUTE_NS,
      30n * MINUTE_NS,
      days ? 3n * HOUR_NS : HOUR_NS,
      365n * 24n * HOUR_NS,
    ),
    mostTraces: fc.constantFrom(1, 2, 3, 5, 100),
  }),
);

test('are the same as when all is known at once, after each step', () => {
  fc.assert(
    fc.property(worlds, ({ steps, timeoutNs, mostTraces }) => {
      const limits = runLimits(timeoutNs, mostTraces);
      const index = new UserRunIndex((sql) => db.prepare(sql), limits);
      db.exec('BEGIN');
      const parts = new Map<string, UserPart>();
      const sessions = (): Map<string, string> =>
        sessionsByUser(
          [...parts].map(([key, each]) => ({ id: idOf(key), ...each })),
          limits,
        );
      try {
        for (const step of steps) {
          const before = sessions();
          const changes: PartChange[] = [];
          for (const [trace, now] of step) {
            const old = parts.get(trace);
            if (old !== undefined || now !== undefined) changes.push({ trace, old, now });
            if (now === undefined) parts.delete(trace);
            else parts.set(trace, now);
          }
          index.change(PROJECT, changes);
          const expected = sessions();
          const changed = new Set(step.map(([key]) => idOf(key)));
          const moved = new Map([...index.moved()].map((each) => [idOf(each.trace), each]));
          const all = new Set([...before.keys(), ...expected.keys(), ...changed]);
          for (const id of all) {
            const key = Buffer.from(id, 'hex').toString('latin1');
            assert.equal(index.sessionOf(PROJECT, key), expected.get(id), `session of ${id}`);
            if (before.get(id) !== expected.get(id)) {
              assert.equal(moved.get(id)?.now, expected.get(id), `${id} now`);
            }
            if (moved.has(id)) assert.equal(moved.get(id)!.now, expected.get(id), `${id} moved`);
            if (changed.has(id)) continue;
            assert.equal(index.sessionBefore(PROJECT, key), before.get(id), `${id} before`);
          }
          index.settle();
        }
        // Nothing stays of what is gone.
        index.change(
          PROJECT,
          [...parts].map(([trace, old]) => ({ trace, old, now: undefined })),
        );
        for (const table of ['user_trace', 'user_hour', 'user_piece']) {
          assert.equal(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n, 0, table);
        }
      } finally {
        db.exec('ROLLBACK');
      }
    }),
    { numRuns: Number(process.env.SOJOURN_RUNS ?? 300), includeErrorInReport: true },
  );
});
