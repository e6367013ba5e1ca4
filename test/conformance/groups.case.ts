import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupScan, KnownGroups } from '../../src/store/contract/group.js';
import { traceId } from '../support/telemetry.js';
import { at, type Bench, log, type Project, span } from './bench.js';

export function groups(bench: Bench): void {
  const read = (p: Project, more: Partial<GroupScan> = {}) =>
    p.store.reader.groups(p.name, 's', { limit: 100, ...more });
  const versions = (p: Project, known: KnownGroups) => p.store.reader.groupVersions(p.name, 's', known);

  test('are traces and minutes of log records, by time, and are read again by their keys', async () => {
    const p = await bench.project();
    await p.spans(span('b', '1', 's', 5), span('a', '1', 's', 70), span('c', '1', 'other', 1));
    await p.logs(log('s', 3), log('s', 200));
    const all = await read(p);
    assert.deepEqual(
      all.map(({ position }) => position.startNs),
      [at(3), at(5), at(70), at(200)],
    );
    assert.deepEqual(await read(p, { after: all[1]!.position }), all.slice(2));
    const [first, last] = [all[0]!, all[3]!];
    const elsewhere = { startNs: at(1), key: traceId('c') };
    const at_ = await p.store.reader.groupsAt(p.name, 's', [last.position, elsewhere, first.position]);
    assert.deepEqual(at_, [last, first]);
  });

  test('end at the limit of bytes, after the group that exceeds it', async () => {
    const p = await bench.project();
    await p.spans(...['a', 'b', 'c', 'd'].map((trace, index) => span(trace, '1', 's', index)));
    const [first] = await read(p);
    const bytes = first!.spans.length;
    assert.equal((await read(p, { maxBytes: 1 })).length, 1);
    assert.equal((await read(p, { maxBytes: bytes + 1 })).length, 2);
  });

  test('report an exception on its page without query, fragment, user name and password', async () => {
    const p = await bench.project();
    const url = 'https://bob:secret@shop.example/cart?tok=1#x';
    const attributes = { 'exception.message': 'boom', 'exception.stacktrace': 'RangeError: boom\n  at pay' };
    await p.logs(log('s', 1, { attributes: { ...attributes, 'page.url.full': url } }));
    const found = await p.store.reader.exceptions(p.name, 's', { limit: 10 });
    assert.deepEqual(
      found?.exceptions.map(({ type, page }) => [type, page]),
      [['RangeError', 'https://shop.example/cart']],
    );
  });

  test('report pages and web vitals with their times, and exceptions', async () => {
    const p = await bench.project();
    const url = 'https://shop.example/cart';
    await p.spans(
      { ...span('a', '1', 's', 0, { attributes: { 'url.full': `${url}?id=1` } }), name: 'documentLoad' },
      { ...span('a', '2', 's', 5), parent: '1' },
      { ...span('b', '1', 'other', 0, { attributes: { 'url.full': url } }), name: 'documentLoad' },
      span('b', '2', 's', 20, { attributes: { 'exception.type': 'TypeError', 'exception.message': 'no' } }),
    );
    await p.logs({
      ...{ time: at(60), event: 'browser.web_vital' },
      attributes: { 'session.id': 's', 'browser.web_vital.name': 'lcp', 'browser.web_vital.value': 900 },
    });
    const groups = await read(p);
    const pageGroups = await p.store.reader.pageGroups(p.name, 's', { limit: 100 });
    assert.deepEqual(
      pageGroups.map(({ position, version }) => ({ position, version })),
      groups.map(({ position, version }) => ({ position, version })),
    );
    assert.deepEqual(
      pageGroups.map(({ firstNs, lastNs, recordCount }) => [firstNs, lastNs, recordCount]),
      [
        [at(0), at(6), 2],
        [at(20), at(21), 1],
        [at(60), at(60), 1],
      ],
    );
    const [page] = pageGroups.flatMap(({ pages }) => pages);
    assert.deepEqual([page?.record.traceId, page?.timeNs, page?.page.url], [traceId('a'), at(0), url]);
    const facts = pageGroups.map(({ vitals }) => vitals?.facts?.map(({ visit }) => visit?.vitals));
    assert.deepEqual(facts, [undefined, undefined, [[{ name: 'lcp', value: 900 }]]]);
    assert.deepEqual(
      groups.map((group) =>
        group.facts?.map(({ visit, exceptions }) => [visit?.page?.url, exceptions?.length]),
      ),
      [[[url, undefined]], [[undefined, 1]], [[undefined, undefined]]],
    );
    const after = { limit: 100, after: pageGroups[0]!.position };
    assert.deepEqual(await p.store.reader.pageGroups(p.name, 's', after), pageGroups.slice(1));
    assert.equal((await p.store.reader.session(p.name, 's'))?.pageSources?.get('load'), 'documentLoad');
    assert.deepEqual(await p.store.reader.pageGroups(p.name, 'none', { limit: 1 }), []);
  });

  test('have another version if and only if something in them changes', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's', 0), span('b', '1', 's', 10));
    const before = await read(p);
    const known = await versions(p, { count: 100 });
    assert.equal(known.versions, before.map(({ version }) => `${version}\n`).join(''));
    assert.equal((await versions(p, { count: 100, stamp: known.stamp })).versions, undefined);
    const lines = (text: string | undefined): string[] => text!.split('\n').slice(0, -1);
    assert.deepEqual(lines((await versions(p, { count: 1 })).versions), lines(known.versions).slice(0, 1));

    await p.spans(span('c', '1', 's', 20));
    const appended = await versions(p, { count: 100, stamp: known.stamp });
    assert.deepEqual(lines(appended.versions).slice(0, 2), lines(known.versions));
    assert.equal(lines(appended.versions).length, 3);

    // Its counts stay as they are.
    await p.spans({ ...span('a', '1', 's', 0), attributes: { 'session.id': 's', more: 'x' } });
    const changed = await versions(p, { count: 100, stamp: appended.stamp });
    assert.notEqual(lines(changed.versions)[0], lines(known.versions)[0]);
    assert.deepEqual(lines(changed.versions).slice(1), lines(appended.versions).slice(1));
    assert.equal((await versions(p, { count: 100 })).versions, changed.versions);
    assert.equal((await p.store.reader.groupVersions(p.name, 'none', { count: 9 })).versions, '');
  });
}
