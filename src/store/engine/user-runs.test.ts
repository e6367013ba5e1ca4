import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sessionsByUser } from '../../../test/support/sessions-by-user.js';
import { compareParts, HOUR_NS, hourOf, type Piece, type UserPart } from '../../sessionize/by-user.js';
import { ChangeSet, type UserHourRow } from './changes.js';
import { drive, type LoadAnswer, type LoadRequest, type Plan, type UserHourRange } from './loads.js';
import { type PartChange, runLimits, UserRunIndex } from './user-runs.js';

/**
 * S40: sessions by user are a function of the set of traces, in whatever steps these are added, changed and
 * removed.
 */

const PROJECT = 1;
const MINUTE_NS = 60_000_000_000n;
const BASE_NS = 500_000n * HOUR_NS;

/** The rows of one project, as in a store. */
class Rows {
  readonly traces = new Map<string, UserPart>();
  readonly hours = new Map<string, UserHourRow>();
  readonly pieces = new Map<string, { user: string; piece: Piece }>();
  /** Number of requests. */
  loads = 0;

  readonly answer = (request: LoadRequest): LoadAnswer => {
    this.loads++;
    switch (request.name) {
      case 'userTraces':
        return request.of.map(({ key }) => this.traces.get(key));
      case 'userHours':
        return request.of.map((range) => ({
          hours: [...this.hours.values()].filter(
            ({ user, hour }) => user === range.user && hour >= range.first && hour <= range.last,
          ),
          pieces: [...this.pieces.values()]
            .filter(({ user, piece }) => user === range.user && isIn(range, piece.startNs))
            .map(({ piece }) => piece)
            .sort(compareParts),
        }));
      case 'userParts':
        return request.of.map((range) =>
          [...this.traces]
            .filter(([, { user, startNs }]) => user === range.user && isIn(range, startNs))
            .map(([key, { startNs, endNs }]) => ({ key, startNs, endNs }))
            .sort(compareParts),
        );
      default:
        throw new Error(`nobody needs ${request.name}`);
    }
  };

  apply({ userTraces, userHours, userPieces }: ChangeSet): void {
    for (const { key } of userTraces.gone) this.traces.delete(key);
    for (const { key, part } of userTraces.put) this.traces.set(key, part);
    for (const { user, hour } of userHours.gone) this.hours.delete(`${user} ${hour}`);
    for (const row of userHours.put) this.hours.set(`${row.user} ${row.hour}`, row);
    for (const { user, piece } of userPieces.gone) this.pieces.delete(placeOf(user, piece));
    for (const { user, piece } of userPieces.put) this.pieces.set(placeOf(user, piece), { user, piece });
  }
}

function isIn({ first, last }: UserHourRange, ns: bigint): boolean {
  const hour = Number(hourOf(ns));
  return hour >= first && hour <= last;
}

function placeOf(user: string, { startNs, key }: Piece): string {
  return `${user} ${startNs} ${key}`;
}

function idOf(key: string): string {
  return Buffer.from(key, 'latin1').toString('hex');
}

/**
 * Few hours and many pauses of about the time-out. Some traces span hours, and with `days` there are days
 * without a pause.
 */
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

/** Each trace at most once in a step. Undefined if it no longer has a part of a user. */
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

test('sessions after each step are the same as when everything is known at once', () => {
  fc.assert(
    fc.property(worlds, ({ steps, timeoutNs, mostTraces }) => {
      const limits = runLimits(timeoutNs, mostTraces);
      const index = new UserRunIndex(limits);
      const rows = new Rows();
      const run = <T>(plan: Plan<T>): T => drive(plan, rows.answer);
      const write = (): void => {
        const changes = new ChangeSet();
        index.flush(changes);
        rows.apply(changes);
        index.forget();
      };
      const parts = new Map<string, UserPart>();
      const sessions = (): Map<string, string> =>
        sessionsByUser(
          [...parts].map(([key, each]) => ({ id: idOf(key), ...each })),
          limits,
        );
      for (const step of steps) {
        const before = sessions();
        const changes: PartChange[] = [];
        for (const [trace, now] of step) {
          const old = parts.get(trace);
          if (old !== undefined || now !== undefined) changes.push({ trace, old, now });
          if (now === undefined) parts.delete(trace);
          else parts.set(trace, now);
        }
        run(index.change(new Map([[PROJECT, changes]])));
        const expected = sessions();
        const changed = new Set(step.map(([key]) => idOf(key)));
        const moved = new Map([...index.moved()].map((each) => [idOf(each.trace), each]));
        const all = [...new Set([...before.keys(), ...expected.keys(), ...changed])];
        const keysOfAll = all.map((id) => ({
          project: PROJECT,
          key: Buffer.from(id, 'hex').toString('latin1'),
        }));
        const found = run(index.sessionsOf(keysOfAll));
        const foundBefore = run(index.sessionsBefore(keysOfAll));
        for (const [i, id] of all.entries()) {
          assert.equal(found[i], expected.get(id), `session of ${id}`);
          if (before.get(id) !== expected.get(id)) {
            assert.equal(moved.get(id)?.now, expected.get(id), `${id} now`);
          }
          if (moved.has(id)) assert.equal(moved.get(id)!.now, expected.get(id), `${id} moved`);
          if (!changed.has(id)) assert.equal(foundBefore[i], before.get(id), `${id} before`);
        }
        write();
        assert.deepEqual(run(index.sessionsOf(keysOfAll)), found, 'what is written says the same');
        index.forget();
      }
      // Removed traces leave nothing behind.
      const all = [...parts].map(([trace, old]) => ({ trace, old, now: undefined }));
      run(index.change(new Map([[PROJECT, all]])));
      write();
      assert.deepEqual([rows.traces.size, rows.hours.size, rows.pieces.size], [0, 0, 0]);
    }),
    { numRuns: Number(process.env.SOJOURN_RUNS ?? 300), includeErrorInReport: true },
  );
});
