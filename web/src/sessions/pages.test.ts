import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session, SessionPage } from '../api/client.js';
import { isMissing, mergePage, replaceSessions } from './page-merge.js';
import { pageStarts, pagesFor } from './page-span.js';

function session(id: string, second: number, spans = 1): Session {
  return {
    'session.id': id,
    start_time: `2026-11-24T12:00:${String(second).padStart(2, '0')}.000000000Z`,
    trace_count: 1,
    span_count: spans,
    error_count: 0,
    services: [],
    state: 'active',
  };
}

function page(...items: Session[]): SessionPage {
  return { items, has_more: true, next_cursor: 'c' };
}

const ids = ({ items }: SessionPage): string[] => items.map((each) => each['session.id']);

test('a page that is read again keeps the places of its rows, and updates them', () => {
  const shown = page(session('c', 30), session('b', 20), session('a', 10));
  const fresh = { items: [session('d', 40), session('c', 30, 7), session('a', 10)], has_more: false };
  const merged = mergePage(shown, fresh);
  assert.deepEqual(ids(merged), ['c', 'b', 'a']);
  assert.equal(merged.items[0]!.span_count, 7);
  assert.equal(merged.next_cursor, 'c');
  assert.deepEqual(merged.left, ['b'], 'it no longer belongs there');
  const back = replaceSessions(merged, new Map([['b', session('b', 20, 3)]]));
  assert.deepEqual([back.left, back.items[1]!.span_count], [[], 3]);
});

test('rows that new ones have pushed beyond the end of an answer have not left', () => {
  const shown = page(session('c', 30), session('b', 20), session('a', 10));
  const merged = mergePage(shown, page(session('e', 50), session('d', 40), session('c', 30)));
  assert.deepEqual(ids(merged), ['c', 'b', 'a']);
  assert.deepEqual(merged.left, []);
});

test('a page without any of the changed sessions stays the same object', () => {
  const shown = page(session('a', 10));
  assert.equal(replaceSessions(shown, new Map([['x', session('x', 50)]])), shown);
});

test('a session is missing above all rows and among loaded ones, not below them nor between unloaded pages', () => {
  const pages = [page(session('f', 50), session('e', 40)), page(session('b', 20), session('a', 10))];
  const missing = (id: string, second: number, isWhole = false): boolean =>
    isMissing(session(id, second), pages, isWhole);
  assert.equal(missing('z', 59), true);
  assert.equal(missing('f', 50), false, 'it is there');
  assert.equal(missing('late', 45), true);
  assert.equal(missing('between', 30), false);
  assert.equal(missing('old', 5), false);
  assert.equal(missing('old', 5, true), true, 'nothing comes after the end of a whole list');
  assert.equal(isMissing(session('first', 1), [page()], true), true);
});

test('ids of the same start are in the order of their UTF-8', () => {
  const shown = page(session('\u{1f600}', 10), session('\ufb00', 10));
  assert.equal(isMissing(session('\u{1f601}', 10), [shown], false), true);
  assert.equal(isMissing(session('\uffee', 10), [shown], false), true, 'between them');
  assert.equal(isMissing(session('a', 10), [shown], false), false, 'below them');
  const fresh = page(session('\u{1f600}', 10));
  assert.deepEqual(mergePage(shown, fresh).left, [], 'out of reach of the answer');
});

test('pages may be of any length, even empty', () => {
  const of = (...counts: (number | undefined)[]) =>
    counts.map((rowCount, index) => ({ cursor: index === 0 ? undefined : `c${index}`, rowCount }));
  const pages = of(100, 0, 30, 100, undefined);
  assert.deepEqual(pageStarts(pages), [0, 100, 100, 130, 230, 230]);
  assert.deepEqual(pagesFor(pages, 0, 50), [0]);
  assert.deepEqual(pagesFor(pages, 90, 120), [0, 2]);
  assert.deepEqual(pagesFor(pages, 140, 260), [0, 3, 4]);
  assert.deepEqual(pagesFor(of(undefined), 0, 100), [0]);
  assert.deepEqual(pagesFor(of(0, undefined), 0, 100), [0, 1], 'continues until there is something to show');
});
