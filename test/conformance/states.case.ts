import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOpen, stateOf } from '../../src/query/state.js';
import {
  at,
  BASE_NS,
  type Bench,
  DAY,
  LIMITS,
  log,
  type Project,
  SECOND,
  span,
  TIMEOUT_NS,
} from './bench.js';

export function states(bench: Bench): void {
  /** Whether a session is in the open list, after checking that all answers agree about it. */
  async function open(p: Project, id: string, nowNs: bigint): Promise<boolean> {
    const opens = (await p.ids({ open: true, nowNs })).includes(id);
    const closed = (await p.ids({ open: false, nowNs })).includes(id);
    assert.equal(closed, !opens, 'a session is in one of the two lists');
    const session = await p.session(id);
    assert.equal(isOpen(stateOf(session!, nowNs, LIMITS)), opens, 'its fields say the same');
    const { startNs } = session!;
    const { openSessions } = await p.statistics({ startFromNs: startNs, startToNs: startNs, nowNs });
    assert.equal(openSessions, opens ? 1 : 0, 'statistics say the same');
    return opens;
  }

  test('a session is open until its time-out has passed to the nanosecond, even without a sweep', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0, { end: at(7) }));
    assert.equal(await open(p, 's', at(0)), true);
    assert.equal(await open(p, 's', at(7) + TIMEOUT_NS - 1n), true);
    assert.equal(await open(p, 's', at(7) + TIMEOUT_NS), false);
    assert.equal(await open(p, 's', at(7) + 900n * DAY), false);
    await p.store.reopen();
    assert.equal(await open(p, 's', at(7) + TIMEOUT_NS - 1n), true);
    assert.equal(await open(p, 's', at(7) + TIMEOUT_NS), false);
  });

  test('an old session is judged by the time of the request as well', async () => {
    const p = await bench.project();
    const start = 1_000_000_000n * SECOND;
    await p.spans({ ...span('1', '1', 's', 0), start, end: start });
    assert.equal(await open(p, 's', BASE_NS), false);
    assert.equal(await open(p, 's', start + TIMEOUT_NS), false);
    assert.equal(await open(p, 's', start + TIMEOUT_NS - 1n), true);
  });

  test('session.end closes a session until there is later activity', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0));
    await p.logs(log('s', 5, { event: 'session.end' }));
    assert.equal((await p.session('s'))?.endEventNs, at(5));
    assert.equal(await open(p, 's', at(6)), false);
    await p.spans({ ...span('1', '2', 's', 3), end: at(5) });
    assert.equal(await open(p, 's', at(6)), false);
    await p.spans({ ...span('1', '3', 's', 4.9), end: at(40) });
    assert.equal(await open(p, 's', at(41)), false, 'what was in flight does not open it');
    await p.spans(span('1', '4', 's', 15));
    assert.equal(await open(p, 's', at(41)), false, 'nor what begins within ten seconds');
    await p.spans({ ...span('1', '5', 's', 15), start: at(15) + 1n });
    assert.equal(await open(p, 's', at(41)), true, 'what begins later does');
    await p.logs(log('s', 50, { event: 'session.end' }));
    assert.equal(await open(p, 's', at(51)), false);
  });

  test('lifecycle events without a session id belong to the session of their span, even if they came first', async () => {
    const [end, start] = [
      { trace: '1', span: '1', time: at(5), event: 'session.end' },
      {
        trace: '1',
        span: '1',
        time: at(5),
        event: 'session.start',
        attributes: { 'session.previous_id': 'old' },
      },
    ];
    for (const markFirst of [false, true]) {
      const p = await bench.project();
      await p.spans(span('2', '1', 'old', 0));
      if (markFirst) await p.logs(end, start);
      await p.spans(span('1', '1', 's', 0));
      if (!markFirst) await p.logs(end, start);
      assert.equal((await p.session('s'))?.endEventNs, at(5));
      assert.equal((await p.session('s'))?.previousId, 'old');
      assert.equal((await p.session('old'))?.endEventNs, at(5));
      assert.equal(await open(p, 's', at(6)), false);
      assert.equal(await open(p, 'old', at(6)), false);
    }
  });

  test('the session.start of a successor ends a session, even if it came first', async () => {
    const start = log('next', 8, { event: 'session.start', attributes: { 'session.previous_id': 's' } });
    const answers: unknown[] = [];
    for (const markFirst of [false, true]) {
      const p = await bench.project();
      if (markFirst) await p.logs(start);
      await p.spans(span('1', '1', 's', 0));
      if (!markFirst) {
        assert.equal(await open(p, 's', at(9)), true);
        await p.logs(start);
      }
      assert.equal(await open(p, 's', at(9)), false);
      assert.equal(await open(p, 'next', at(9)), true);
      assert.equal((await p.session('next'))?.previousId, 's');
      answers.push(await p.everything());
    }
    assert.deepEqual(answers[0], answers[1]);
  });

  test('an end that arrives before the rest of its session closes it', async () => {
    const p = await bench.project();
    await p.logs(log('s', 5, { event: 'session.end' }));
    assert.equal(await open(p, 's', at(6)), false);
    await p.spans(span('a', '1', 's', 0));
    assert.equal(await open(p, 's', at(6)), false);
    assert.equal((await p.session('s'))?.startNs, at(0));
    await p.spans(span('a', '2', 's', 17));
    assert.equal(await open(p, 's', at(18)), true);
  });

  test('the latest of several ends counts, in any order', async () => {
    const p = await bench.project();
    const ends = [7, 9, 8].map((time) => log('s', time, { event: 'session.end' }));
    for (const end of ends) await p.logs(end);
    assert.equal((await p.session('s'))?.endEventNs, at(9));
    assert.equal(await open(p, 's', at(10)), false);
  });

  test('an invalidated session stays closed and is distinguished', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0), span('2', '1', 'other', 0.5));
    assert.equal(await p.store.writer.invalidate(p.name, 'nobody'), false);
    assert.equal(await p.store.writer.invalidate(p.name, 's'), true);
    assert.equal(await p.store.writer.invalidate(p.name, 's'), true);
    assert.equal((await p.session('s'))?.invalidated, true);
    assert.equal(await open(p, 's', at(1)), false);
    assert.equal(await open(p, 'other', at(1)), true);
    await p.spans(span('1', '2', 's', 100));
    assert.equal(await open(p, 's', at(101)), false);
    await p.store.crash();
    assert.equal((await p.session('s'))?.invalidated, true);
    assert.equal((await p.session('s'))?.spanCount, 2);
    assert.deepEqual(await p.ids({ open: true }), ['other']);
    assert.equal((await p.statistics()).totalSessions, 2);
  });
}
