import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, log, span } from './bench.js';

const EVENT = 'gen_ai.evaluation.result';

function evaluation(name: string, value: number, more: Record<string, string | boolean> = {}) {
  return { 'gen_ai.evaluation.name': name, 'gen_ai.evaluation.score.value': value, ...more };
}

export function scores(bench: Bench): void {
  test('results of evaluations are counted by name, and averages leave out what is unknown', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0), span('2', '1', 'other', 0));
    await p.logs(
      log('s', 1, {
        event: EVENT,
        attributes: evaluation('helpful', 0.1, { 'gen_ai.evaluation.score.label': 'fail' }),
      }),
      log('s', 2, { event: EVENT, attributes: evaluation('helpful', 0.2) }),
      log('s', 2, { event: EVENT, attributes: { 'gen_ai.evaluation.name': 'helpful' } }),
      log('s', 2, { event: 'click', attributes: evaluation('helpful', 9) }),
    );
    const expected = [
      { name: 'helpful', count: 3, valued: 2, units: 300_000n, labels: [{ label: 'fail', count: 1 }] },
    ];
    assert.deepEqual((await p.session('s'))?.scores, expected);
    assert.ok(!('scores' in (await p.session('other'))!));
    await p.store.crash();
    assert.deepEqual((await p.session('s'))?.scores, expected);
  });

  test('a score with an id is replaced and deleted by later records, in whatever groups and order they come', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0));
    const version = (given: number, value: number, more: Record<string, string | boolean> = {}) =>
      evaluation('helpful', value, {
        'sojourn.score.id': 'thumb',
        'sojourn.score.given_unix_nano': String(given),
        ...more,
      });
    await p.logs(log('s', 500, { event: EVENT, attributes: version(2, 1) }));
    await p.logs(log('s', 0, { event: EVENT, attributes: version(1, 0) }));
    const helpful = async () => (await p.session('s'))?.scores?.[0]?.units;
    assert.equal(await helpful(), 1_000_000n);
    await p.logs(log('s', 0, { event: EVENT, attributes: version(3, 0), trace: '1' }));
    assert.equal(await helpful(), 0n);
    await p.logs(log('s', 0, { event: EVENT, attributes: version(4, 0, { 'sojourn.score.deleted': true }) }));
    const session = await p.session('s');
    assert.equal(session?.scores, undefined);
    assert.deepEqual(session?.scoreIds, ['thumb']);
  });

  test('scores of pages have ids of their own', async () => {
    const p = await bench.project();
    const version = (prefix: string, given: number, value: number, more: Record<string, boolean> = {}) =>
      evaluation('helpful', value, {
        [`${prefix}.score.id`]: 'thumb',
        [`${prefix}.score.given_unix_nano`]: String(given),
        ...more,
      });
    const units = async () => {
      const [score] = (await p.session('s'))?.scores ?? [];
      return [score?.count, score?.units];
    };
    await p.logs(log('s', 0, { event: EVENT, attributes: version('browser', 1, 0.5) }));
    await p.logs(log('s', 0, { event: EVENT, attributes: version('sojourn', 1, 1) }));
    assert.deepEqual(await units(), [2, 1_500_000n]);
    await p.logs(log('s', 0, { event: EVENT, attributes: version('browser', 2, 0.25) }));
    assert.deepEqual(await units(), [2, 1_250_000n]);
    const deleted = version('browser', 3, 0, { 'browser.score.deleted': true });
    await p.logs(log('s', 0, { event: EVENT, attributes: deleted }));
    assert.deepEqual(await units(), [1, 1_000_000n]);
    await p.store.crash();
    assert.deepEqual(await units(), [1, 1_000_000n]);
    assert.deepEqual((await p.session('s'))?.scoreIds, ['thumb']);
  });

  test('a version from beyond the year 2200 counts as one without a time', async () => {
    const p = await bench.project();
    const version = (value: number, given: string) =>
      evaluation('helpful', value, { 'sojourn.score.id': 'a', 'sojourn.score.given_unix_nano': given });
    await p.logs(log('s', 0, { event: EVENT, attributes: version(1, '9999999999999999999') }));
    await p.logs(log('s', 0, { event: EVENT, attributes: version(0, '1') }));
    assert.equal((await p.session('s'))?.scores?.[0]?.units, 0n);
  });

  test('a score follows its trace to the session that a late id names', async () => {
    const p = await bench.project();
    await p.spans(span('1', '2', undefined, 1, { parent: '1' }));
    const [implicit] = await p.ids();
    await p.logs({ trace: '1', time: log('', 1).time, event: EVENT, attributes: evaluation('safe', 1) });
    assert.equal((await p.session(implicit!))?.scores?.length, 1);
    await p.spans(span('1', '1', 's', 0));
    assert.equal((await p.session('s'))?.scores?.length, 1);
    assert.equal(await p.session(implicit!), undefined);
  });

  test('sessions are found by scores, labels and averages, which follow what is replaced and deleted', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 'good', 0), span('2', '1', 'bad', 1), span('3', '1', 'none', 2));
    const scored = (
      session: string,
      value: number,
      label: string,
      more: Record<string, string | boolean> = {},
    ) =>
      log(session, 1, {
        event: EVENT,
        attributes: evaluation('helpful "x"', value, { 'gen_ai.evaluation.score.label': label, ...more }),
      });
    const given = (ns: number, more = {}) => ({
      'sojourn.score.id': 'a',
      'sojourn.score.given_unix_nano': String(ns),
      ...more,
    });
    await p.logs(
      scored('good', 0.7, 'pass'),
      scored('bad', 0.1, 'fail'),
      scored('bad', 0.3, 'pass', given(1)),
    );
    const name = 'helpful "x"';
    const found = async (filter: Parameters<typeof p.ids>[0]): Promise<string[]> =>
      (await p.ids(filter)).sort();
    const value = (label?: string) => JSON.stringify(label === undefined ? [name] : [name, label]);
    assert.deepEqual(await found({ scoreValues: [[value()]] }), ['bad', 'good']);
    assert.deepEqual(await found({ scoreValues: [[value('fail')]] }), ['bad']);
    assert.deepEqual(await found({ scoreBounds: [{ name, least: 0.2 }] }), ['bad', 'good']);
    assert.deepEqual(await found({ scoreBounds: [{ name, least: 0.7 }] }), ['good']);
    assert.deepEqual(await found({ scoreBounds: [{ name, most: 0.2 }], services: ['none'] }), []);
    assert.deepEqual(await found({ scoreBounds: [{ name: 'other', least: -9 }] }), []);
    const sums = () => p.store.reader.scores(p.name, { nowNs: log('', 9).time, limit: 10 });
    assert.deepEqual(await sums(), [
      {
        name,
        sessions: 2,
        count: 3,
        valued: 3,
        units: 1_100_000n,
        labels: [
          { label: 'pass', count: 2 },
          { label: 'fail', count: 1 },
        ],
      },
    ]);
    await p.logs(scored('bad', 0, 'pass', given(2, { 'sojourn.score.deleted': true })));
    assert.deepEqual(await found({ scoreBounds: [{ name, least: 0.2 }] }), ['good']);
    assert.deepEqual(await found({ scoreValues: [[value('pass')]] }), ['good']);
    assert.deepEqual(
      (await sums()).map(({ count, units }) => [count, units]),
      [[2, 800_000n]],
    );
  });

  test('scores are erased with their session', async () => {
    const p = await bench.project();
    await p.spans(span('1', '1', 's', 0));
    await p.logs(log('s', 1, { event: EVENT, attributes: evaluation('safe', 1) }));
    await p.store.erasures.erase(p.name, { kind: 'sessions', sessions: ['s'] });
    assert.equal(await p.session('s'), undefined);
    await p.logs(log('s', 2, { event: EVENT, attributes: evaluation('safe', 0) }));
    assert.equal(await p.session('s'), undefined, 'and stay out');
  });
}
