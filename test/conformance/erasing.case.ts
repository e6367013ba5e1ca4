import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ErasureJob, ErasureTarget } from '../../src/store/contract/erasure.js';
import { type Bench, log, type Project, span } from './bench.js';

const LIMIT_MS = 60_000;
const POLL_MS = 5;

async function erase(p: Project, target: ErasureTarget): Promise<ErasureJob> {
  const begun = await p.store.erasures.erase(p.name, target);
  assert.ok('job' in begun);
  return begun.job;
}

async function finished(p: Project, id: string): Promise<ErasureJob> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const job = (await p.store.erasures.erasure(p.name, id))!;
    assert.notEqual(job.state, 'failed', job.error);
    if (job.state === 'done') return job;
    assert.ok(performance.now() < deadline, `it is still ${job.state} after ${LIMIT_MS} ms`);
    await delay(POLL_MS);
  }
}

const user = (id: string) => ({ attributes: { 'user.id': id } });

export function erasing(bench: Bench): void {
  test('answers are at once those of a store that never had the session', async () => {
    const [p, expected] = [await bench.project(), await bench.project()];
    const kept = [span('a', '2', 'stays', 1, { parent: '1' }), span('b', '1', 'stays', 2)];
    const gone = [
      span('a', '1', 'goes', 0),
      span('c', '1', 'goes', 3),
      span('c', '2', undefined, 4, { parent: '1' }),
    ];
    await p.spans(...kept, ...gone);
    await p.logs(log('goes', 5), log('stays', 6));
    await expected.spans(...kept);
    await expected.logs(log('stays', 6));
    const once = await expected.everything();
    const job = await erase(p, { kind: 'sessions', sessions: ['goes', 'unknown'] });
    assert.deepEqual(await p.everything(), once);
    const { counts } = await finished(p, job.id);
    assert.deepEqual({ ...counts, chunks: 0 }, { sessions: 1, traces: 2, spans: 3, logs: 1, chunks: 0 });
    await p.store.reopen();
    assert.deepEqual(await p.everything(), once);
  });

  test('all sessions of a user are erased, by any form of the id, and no others', async () => {
    const p = await bench.project();
    const other = await bench.project();
    await p.spans(
      span('a', '1', 's1', 0, user('ann')),
      span('b', '1', 's2', 1, user('bob')),
      span('b', '2', 's2', 2, user('ann')),
      span('c', '1', 's3', 3, user('ann@example.com')),
      span('d', '1', 's4', 4, user('bob')),
    );
    await other.spans(span('a', '1', 's1', 0, user('ann')));
    const { id } = await erase(p, { kind: 'user', users: ['ann', 'ann@example.com'] });
    assert.deepEqual(await p.ids(), ['s4']);
    assert.deepEqual(await other.ids(), ['s1']);
    assert.equal((await finished(p, id)).counts.sessions, 3);
    assert.equal(await other.store.erasures.erasure(other.name, id), undefined, 'it is of another project');
  });

  test('what comes late or again stays out, also after it was opened again', async () => {
    const p = await bench.project();
    const first = span('a', '1', 's1', 0, user('ann'));
    const child = span('a', '2', undefined, 1, { parent: '1' });
    await p.spans(first, child, span('b', '1', 's2', 2, user('bob')), span('c', '1', 's3', 3));
    await finished(p, (await erase(p, { kind: 'sessions', sessions: ['s1'] })).id);
    await finished(p, (await erase(p, { kind: 'user', users: ['bob'] })).id);
    for (const round of [0, 1]) {
      const late = span('a', `${3 + round}`, undefined, 9, { parent: '1' });
      const ofUser = span(`e${round}`, '1', `s9-${round}`, 8, user('bob'));
      const result = await p.spans(first, child, late, span(`f${round}`, '1', 's1', 7), ofUser);
      assert.equal(result.erased, 5);
      assert.equal(result.stored, 0);
      assert.deepEqual(await p.ids(), ['s3']);
      if (round === 0) await p.store.reopen();
    }
    p.assertResult(await p.spans(span('c', '2', 's3', 4)), { stored: 1, replaced: 0, duplicates: 0 });
  });

  test('what is unknown is not erased', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's1', 0, user('ann')));
    const { erasures } = p.store;
    const unknown = { refused: 'unknown' };
    assert.deepEqual(await erasures.erase(p.name, { kind: 'sessions', sessions: ['s2'] }), unknown);
    assert.deepEqual(await erasures.erase(p.name, { kind: 'user', users: ['bob'] }), unknown);
    assert.deepEqual(await erasures.erase('no-such-project', { kind: 'user', users: ['ann'] }), unknown);
    assert.equal(await erasures.erasure(p.name, 'er_unknown'), undefined);
    assert.deepEqual(await p.ids(), ['s1']);
    // Nothing of it is buried.
    p.assertResult(await p.spans(span('b', '1', 's2', 1, user('bob'))), {
      stored: 1,
      replaced: 0,
      duplicates: 0,
    });
  });
}
