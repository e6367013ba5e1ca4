import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceId } from '../support/telemetry.js';
import { at, type Bench, log, span, sum } from './bench.js';

export function appending(bench: Bench): void {
  test('resolves with the numbers of new, replaced and known records', async () => {
    const p = await bench.project();
    const first = span('a', '1', 's', 0);
    p.assertResult(await p.spans(first, span('a', '2', 's', 0)), { stored: 2, replaced: 0, duplicates: 0 });
    p.assertResult(
      await p.spans(first, { ...first, end: at(9) }, { ...first, end: at(0.5) }, span('b', '1', 's', 0)),
      { stored: 1, replaced: 1, duplicates: 2 },
    );
    p.assertResult(await p.logs(log('s', 1), log('s', 1), log('s', 2)), {
      stored: 2,
      replaced: 0,
      duplicates: 1,
    });
  });

  test('accepts batches that another thread has packed', async () => {
    const p = await bench.project();
    const spans = [
      span('a', '1', 's', 0, { attributes: { 'user.id': 'ann', 'gen_ai.request.model': 'gpt-4o' } }),
      span('b', '1', 't', 1, { error: true }),
    ];
    p.assertResult(await p.packedSpans(...spans), { stored: 2, replaced: 0, duplicates: 0 });
    const before = await p.everything();
    assert.deepEqual(await p.ids(), ['t', 's']);
    p.assertResult(await p.spans(...spans), { stored: 0, replaced: 0, duplicates: 2 });
    assert.deepEqual(await p.everything(), before);
  });

  test('shows acknowledged records at once, and after closing and opening again', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's1', 0), span('b', '1', 's2', 1));
    await p.logs(log('s3', 5));
    assert.deepEqual(await p.ids(), ['s3', 's2', 's1']);
    const before = await p.everything();
    await p.store.reopen();
    assert.deepEqual(await p.everything(), before);
  });

  test('keeps acknowledged records when it is killed', async () => {
    const p = await bench.project();
    const appends = Array.from({ length: 40 }, (_, i) => p.spans(span(`${i + 1}`, '1', `s${i % 7}`, i)));
    for (const { stored } of await Promise.all(appends)) assert.equal(stored, 1);
    const before = await p.everything();
    await p.store.crash();
    assert.deepEqual(await p.everything(), before);
    assert.equal((await p.sessions()).length, 7);
    p.assertResult(await p.spans(span('1', '1', 's0', 0)), { stored: 0, replaced: 0, duplicates: 1 });
    assert.deepEqual(await p.everything(), before);
  });

  test('counts a record once if it arrives in several requests at the same time', async () => {
    const p = await bench.project();
    const same = () => p.spans(span('a', '1', 's', 0), span('a', '2', 's', 0), span('a', '3', 's', 0));
    const results = await Promise.all(Array.from({ length: 12 }, same));
    const total = (name: 'stored' | 'replaced' | 'duplicates') => sum(results.map((result) => result[name]));
    p.assertResult(
      { stored: total('stored'), replaced: total('replaced'), duplicates: total('duplicates') },
      { stored: 3, replaced: 0, duplicates: 33 },
    );
    assert.equal((await p.session('s'))?.spanCount, 3);
  });

  test('changes nothing when all is sent again', async () => {
    const p = await bench.project();
    const spans = [
      span('a', '1', 's', 0, { attributes: { 'user.id': 'ann' }, error: true }),
      span('a', '2', undefined, 1, { parent: '1' }),
      span('b', '1', undefined, 2),
    ];
    const logs = [log('s', 3), log('s', 9, { event: 'session.end' })];
    await p.spans(...spans);
    await p.logs(...logs);
    const before = await p.everything();
    p.assertResult(await p.spans(...spans.toReversed()), { stored: 0, replaced: 0, duplicates: 3 });
    p.assertResult(await p.logs(...logs.toReversed()), { stored: 0, replaced: 0, duplicates: 2 });
    assert.deepEqual(await p.everything(), before);
    await p.store.reopen();
    p.assertResult(await p.spans(...spans), { stored: 0, replaced: 0, duplicates: 3 });
    assert.deepEqual(await p.everything(), before);
  });

  test('keeps the final version of a span, whichever came first', async () => {
    const provisional = span('a', '1', 's', 0, { error: true, resource: { 'service.name': 'draft' } });
    const final = span('a', '1', 's', 0, { end: at(60), resource: { 'service.name': 'web' } });
    const answers: unknown[] = [];
    for (const [order, second] of [
      [[provisional, final], { stored: 0, replaced: 1, duplicates: 0 }],
      [[final, provisional], { stored: 0, replaced: 0, duplicates: 1 }],
    ] as const) {
      const p = await bench.project();
      assert.equal((await p.spans(order[0])).stored, 1);
      p.assertResult(await p.spans(order[1]), second);
      const session = await p.session('s');
      assert.equal(session?.spanCount, 1);
      assert.equal(session.errorCount, 0);
      assert.equal(session.lastNs, at(60));
      assert.deepEqual(session.services, ['web']);
      assert.deepEqual(p.spansOf(await p.trace('a')), [{ span: '1', endNs: at(60) }]);
      answers.push(await p.everything());
    }
    assert.deepEqual(answers[0], answers[1]);
  });

  test('separates projects that use the same ids', async () => {
    const [one, two, none] = [await bench.project(), await bench.project(), await bench.project()];
    await one.spans(span('a', '1', 's', 0, { attributes: { 'user.id': 'ann' } }));
    two.assertResult(await two.spans(span('a', '1', 's', 50), span('a', '2', 's', 50)), {
      stored: 2,
      replaced: 0,
      duplicates: 0,
    });
    assert.equal((await one.session('s'))?.spanCount, 1);
    assert.equal((await two.session('s'))?.spanCount, 2);
    assert.deepEqual(await two.ids({ userIds: ['ann'] }), []);
    assert.equal(one.spansOf(await one.trace('a')).length, 1);
    assert.equal(two.spansOf((await two.traces('s'))[0]).length, 2);
    assert.equal((await one.statistics()).uniqueUsers, 1);
    assert.equal((await two.statistics()).uniqueUsers, 0);
    assert.equal(await one.store.writer.invalidate(one.name, 's'), true);
    assert.equal((await two.session('s'))?.invalidated, false);
    assert.deepEqual(await none.sessions(), []);
    assert.equal(await none.session('s'), undefined);
    assert.deepEqual(await none.traces('s'), []);
    assert.equal(await none.trace('a'), undefined);
    assert.equal((await none.statistics()).totalSessions, 0);
  });
}

export function binding(bench: Bench): void {
  test('moves spans when the parent with the session arrives late, and leaves no traces of them', async () => {
    const p = await bench.project();
    await p.spans(span('a', '2', undefined, 5, { parent: '1', error: true }), span('a', '3', undefined, 6));
    await p.logs({ trace: 'a', span: '2', time: at(7) });
    const implicit = traceId('a');
    assert.deepEqual(await p.ids(), [implicit]);
    assert.equal((await p.session(implicit))?.spanCount, 2);
    assert.equal(p.spansOf((await p.traces(implicit))[0]).length, 2);

    await p.spans(span('a', '1', 's', 4, { end: at(20) }));
    assert.deepEqual(await p.ids(), ['s']);
    assert.equal(await p.session(implicit), undefined);
    assert.deepEqual(await p.traces(implicit), []);
    const session = await p.session('s');
    assert.equal(session?.spanCount, 3);
    assert.equal(session.errorCount, 1);
    assert.equal(session.traceCount, 1);
    assert.equal(session.startNs, at(4));
    assert.equal(session.lastNs, at(20));
    const { totalSessions, bounces, durationMicros } = await p.statistics();
    assert.deepEqual(
      { totalSessions, bounces, durationMicros },
      {
        totalSessions: 1,
        bounces: 0,
        durationMicros: 16_000_000n,
      },
    );
    await p.store.crash();
    assert.deepEqual(await p.ids(), ['s']);
    assert.equal(await p.session(implicit), undefined);
  });

  test('reverts start, end and user of a session when the spans that set them leave', async () => {
    const p = await bench.project();
    await p.spans(
      span('a', '1', 's1', 10),
      span('b', '2', undefined, 1, { parent: '9', end: at(90), attributes: { 'user.id': 'ann' } }),
      span('b', '1', 's1', 20, { attributes: { 'user.id': 'bob' } }),
    );
    let session = await p.session('s1');
    assert.deepEqual([session?.startNs, session?.lastNs, session?.userId], [at(1), at(90), 'ann']);
    await p.spans(span('b', '9', 's2', 0));
    session = await p.session('s1');
    assert.deepEqual([session?.startNs, session?.lastNs, session?.userId], [at(10), at(21), 'bob']);
    session = await p.session('s2');
    assert.deepEqual([session?.startNs, session?.lastNs, session?.userId], [at(0), at(90), 'ann']);
    assert.deepEqual(await p.ids({ userIds: ['ann'] }), ['s2']);
    assert.deepEqual(await p.ids({ userIds: ['bob'] }), ['s1']);
  });

  test('does not list a session with only a lifecycle event', async () => {
    const p = await bench.project();
    const start = { event: 'session.start', attributes: { 'session.previous_id': 'ghost' } };
    await p.logs(log('s', 10, start));
    assert.deepEqual(await p.ids(), ['s']);
    assert.deepEqual(await p.ids({ open: false, nowNs: at(1e6) }), ['s']);
    assert.equal(await p.session('ghost'), undefined);
    assert.deepEqual(await p.traces('ghost'), []);
    assert.equal((await p.statistics()).totalSessions, 1);
    assert.equal(await p.store.writer.invalidate(p.name, 'ghost'), false);
    await p.store.reopen();
    await p.spans(span('a', '1', 'ghost', 1));
    assert.equal((await p.session('ghost'))?.endEventNs, at(10));
    assert.equal((await p.session('s'))?.previousId, 'ghost');
  });
}
