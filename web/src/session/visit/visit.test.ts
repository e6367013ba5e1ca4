import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VisitPage } from '../queries.js';
import { isOn, nextTrouble, pageName, pageTitle, pathOf } from './page-name.js';

function page(fields: Partial<VisitPage> = {}): VisitPage {
  return {
    kind: 'load',
    entered_at: '2026-03-01T09:30:00.000000000Z',
    left_at: '2026-03-01T09:30:24.000000000Z',
    duration_ms: 24_000,
    click_count: 0,
    action_count: 0,
    actions: [],
    request_count: 0,
    failed_request_count: 0,
    requests: [],
    exception_count: 0,
    exceptions: [],
    ...fields,
  };
}

describe('the pages of a visit', () => {
  it('are named by their path, screens by their name', () => {
    assert.equal(pageName({ url: 'https://shop.example/cart' }), '/cart');
    assert.equal(pageName({ url: 'https://shop.example' }), '/');
    assert.equal(pageName({ name: 'Cart' }), 'Cart');
    assert.equal(pageName({}), 'Unknown page');
    assert.equal(pathOf('/only/a/path'), '/only/a/path');
    assert.equal(pathOf('capacitor://localhost/cart?a=1#b'), '/cart?a=1#b');
    assert.equal(pageTitle({ url: 'https://shop.example/cart', name: 'Your cart' }), 'Your cart');
    assert.equal(pageTitle({ url: 'https://shop.example/cart', name: '/cart' }), undefined);
    assert.equal(pageTitle({ name: 'Cart' }), undefined);
  });

  it('are found by the spans that report them and their content', () => {
    const server = { name: 'POST', duration_ms: 1, trace_id: 't', span_id: 's' };
    const request = { time: '', duration_ms: 2, trace_id: 't', span_id: 'r', server };
    const here = page({ span_id: 'p', requests: [request] });
    for (const span of ['p', 's', 'r']) assert.ok(isOn(here, span, undefined));
    assert.ok(isOn(here, 's', 't'));
    assert.ok(!isOn(here, 's', 'other'));
    assert.ok(!isOn(here, 'x', undefined));
  });

  it('with trouble follow each other, wrapping around', () => {
    const pages = [page(), page({ exception_count: 1 }), page(), page({ failed_request_count: 2 })];
    assert.deepEqual(
      [-1, 1, 3].map((after) => nextTrouble(pages, after)),
      [1, 3, 1],
    );
    assert.equal(nextTrouble([page()], -1), undefined);
  });
});
