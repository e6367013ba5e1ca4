import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type SessionPosition, SORT_AMOUNTS } from '../../src/store/contract/session.js';
import type { SpanSpec } from '../support/telemetry.js';
import {
  at,
  BASE_NS,
  type Bench,
  compareUtf8,
  HOUR,
  pagesOf,
  positionIn,
  RUNS,
  scanned,
  span,
  TIMEOUT_NS,
  VARIED_SESSIONS,
  variedCalls,
  variedMarks,
  variedSpans,
} from './bench.js';

export function lists(bench: Bench): void {
  /** In UTF-8 the musical sign comes after the full-width tilde, in UTF-16 before it. */
  const NAMES = ['a', 'Z', 'ab', 'é', '漢', '字', '～', '𝄞', '😀', 'a b', "o'c"];

  test('are newest first, and of the same start by id descending in the order of UTF-8 bytes', async () => {
    const p = await bench.project();
    const shop: Partial<SpanSpec> = { resource: { 'service.name': 'shop' } };
    await p.spans(
      ...NAMES.map((name, i) => span(`${i + 1}`, '1', name, 10, shop)),
      span('ff', '1', 'older', 9, shop),
      span('fe', '1', 'newer', 11, shop),
    );
    const ordered = ['newer', ...NAMES.toSorted(compareUtf8).reverse(), 'older'];
    assert.deepEqual(await p.ids(), ordered);
    assert.ok(ordered.indexOf('𝄞') < ordered.indexOf('～'));
    for (const id of ordered) assert.equal((await p.session(id))?.id, id);
    for (const limit of [1, 2, 5]) {
      for (const filter of [{}, { services: ['shop'] }]) {
        assert.deepEqual(await pagesOf(p, ordered.length, { ...filter, limit, direction: 'older' }), ordered);
        assert.deepEqual(await pagesOf(p, ordered.length, { ...filter, limit, direction: 'newer' }), ordered);
      }
    }
  });

  test('begin next to a position between sessions', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 'a', 1), span('2', '1', 'c', 1), span('3', '1', 'e', 2));
    const after: SessionPosition = { startNs: at(1), id: 'b' };
    assert.deepEqual(await p.ids({ after, direction: 'older' }), ['a']);
    assert.deepEqual(await p.ids({ after, direction: 'newer' }), ['e', 'c']);
    assert.deepEqual(await p.ids({ after, direction: 'newer', limit: 1 }), ['c']);
  });

  test('have the sessions of any of the requested users', async () => {
    const p = await bench.project();
    const user = (name: string): Partial<SpanSpec> => ({ attributes: { 'user.id': name } });
    await p.spans(
      span('1', '1', 's1', 1, user('ann')),
      span('2', '1', 's2', 2, user('bob')),
      span('3', '1', 's3', 3, user('ann')),
      span('4', '1', 's4', 4, user('名前😀')),
      span('5', '1', 's5', 5),
    );
    assert.deepEqual(await p.ids({ userIds: ['ann'] }), ['s3', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'nobody', 'ann'] }), ['s3', 's2', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'ann'], limit: 2 }), ['s3', 's2']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'ann'], limit: 2, direction: 'newer' }), ['s2', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['名前😀'] }), ['s4']);
    assert.deepEqual(await p.ids({ userIds: ['Ann'] }), []);
    assert.deepEqual(await p.ids({ userIds: [] }), []);
  });

  test('find a session by every user id on its records, wherever it is, and of any length', async () => {
    const p = await bench.project();
    const user = (name: string): Partial<SpanSpec> => ({ attributes: { 'user.id': name } });
    await p.spans(
      span('1', '1', 's1', 1, user('anon')),
      span('1', '2', 's1', 2, user('ann')),
      span('2', '1', 's1', 3, user('bob')),
      span('3', '1', 's2', 2, user('ann')),
      span('4', '1', 's3', 5, user('eve')),
    );
    assert.deepEqual(await p.ids({ userIds: ['anon'] }), ['s1']);
    assert.deepEqual(await p.ids({ userIds: ['ann'] }), ['s2', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['bob'] }), ['s1']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'ann', 'anon'] }), ['s2', 's1']);
    assert.deepEqual(await p.ids({ userIds: ['bob', 'ann', 'anon'], limit: 1, direction: 'newer' }), ['s1']);
    const { userId, otherUserIds } = (await p.session('s1'))!;
    assert.deepEqual([userId, ...otherUserIds!].sort(), ['ann', 'anon', 'bob']);
    assert.equal((await p.statistics()).uniqueUsers, 3, 'statistics count the users that are shown');
    await p.store.reopen();
    // The session begins earlier than known before.
    await p.spans(span('5', '1', 's1', 0, user('zoe')));
    for (const name of ['zoe', 'anon', 'ann', 'bob']) {
      assert.deepEqual(await p.ids({ userIds: [name], startToNs: at(0) }), ['s1'], name);
    }
    // A later version of the only span of a user has another user.
    await p.spans({ ...span('2', '1', 's1', 3, user('carl')), end: at(9) });
    assert.deepEqual(await p.ids({ userIds: ['bob'] }), []);
    assert.deepEqual(await p.ids({ userIds: ['carl'] }), ['s1']);
    await p.store.crash();
    assert.deepEqual(await p.ids({ userIds: ['carl'], open: false, nowNs: at(9) + TIMEOUT_NS }), ['s1']);
    assert.deepEqual(await p.ids({ userIds: ['carl'], open: true, nowNs: at(9) + TIMEOUT_NS }), []);
  });

  test('find a session of very many users by the first 64 ids, and by the one that it shows', async () => {
    const p = await bench.project();
    const name = (i: number): string => `u${String(i).padStart(3, '0')}`;
    const spans = Array.from({ length: 100 }, (_, i) =>
      span((1 + (i % 7)).toString(16), (i + 1).toString(16), 's', 100 - i, {
        attributes: { 'user.id': name(i) },
      }),
    );
    for (const part of [spans.slice(50), spans.slice(0, 20), spans.slice(20, 50)]) await p.spans(...part);
    const found: string[] = [];
    for (let i = 0; i < 100; i++) {
      if ((await p.ids({ userIds: [name(i)] })).length > 0) found.push(name(i));
    }
    // The earliest record is of the last of them.
    assert.deepEqual(found, [...Array.from({ length: 64 }, (_, i) => name(i)), name(99)]);
  });

  test('list a session once although a user is requested twice', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's1', 1, { attributes: { 'user.id': 'ann' } }));
    assert.deepEqual(await p.ids({ userIds: ['ann', 'ann'] }), ['s1']);
  });

  test('of a range have both ends of it, and adjacent ranges have every session once', async () => {
    const p = await bench.project();
    const starts = [-1n, 0n, 1n, HOUR - 1n, HOUR, HOUR + 1n];
    await p.spans(
      ...starts.map((ns, i) => ({
        ...span(`${i + 1}`, '1', `s${i}`, 0),
        start: BASE_NS + ns,
        end: BASE_NS + ns,
      })),
    );
    const range = (from: bigint, to: bigint) =>
      p.ids({ startFromNs: BASE_NS + from, startToNs: BASE_NS + to });
    assert.deepEqual(await range(0n, HOUR), ['s4', 's3', 's2', 's1']);
    assert.deepEqual(await range(1n, 1n), ['s2']);
    assert.deepEqual(await range(2n, 1n), []);
    for (const cut of starts) {
      const newer = await p.ids({ startFromNs: BASE_NS + cut });
      const older = await p.ids({ startToNs: BASE_NS + cut - 1n });
      assert.deepEqual([...newer, ...older], ['s5', 's4', 's3', 's2', 's1', 's0']);
    }
  });

  test('are the same as filtering all sessions one by one, for any filters and positions', async () => {
    const p = await bench.project();
    await p.spans(...variedSpans(), ...variedCalls());
    await p.logs(...variedMarks());
    await p.store.writer.invalidate(p.name, 's3');
    const every = await p.sessions();
    assert.equal(every.length, VARIED_SESSIONS);
    const time = fc.constantFrom(...every.flatMap(({ startNs }) => [startNs - 1n, startNs, startNs + 1n]));
    const scans = fc.record(
      {
        userIds: fc.uniqueArray(fc.constantFrom('ann', 'bob', 'eve', 'none'), { maxLength: 3 }),
        open: fc.boolean(),
        startFromNs: time,
        startToNs: time,
        near: fc.constantFrom(...every),
        sort: fc.constantFrom(...SORT_AMOUNTS),
        direction: fc.constantFrom('older', 'newer'),
        limit: fc.integer({ min: 1, max: 12 }),
        nowNs: fc.constantFrom(
          ...every.flatMap(({ lastNs }) => [lastNs + TIMEOUT_NS - 1n, lastNs + TIMEOUT_NS]),
        ),
      },
      { requiredKeys: ['direction', 'limit', 'nowNs'] },
    );
    await fc.assert(
      fc.asyncProperty(scans, async ({ near, ...rest }) => {
        const scan = { ...rest, ...(near && { after: positionIn(near, rest.sort) }) };
        assert.deepEqual(await p.sessions(scan), scanned(every, scan));
      }),
      { numRuns: RUNS * 5 },
    );
  });
}
