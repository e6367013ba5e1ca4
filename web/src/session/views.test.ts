import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { viewIn, viewsOf } from './views.js';

describe('the parts of the page of a session', () => {
  const backend = { span_count: 1 };
  const visit = { span_count: 1, visit: { page_views: 2 } };
  const logs = { span_count: 0 };
  const genai_usage = { request_count: 1 } as never;

  it('shows the pages of a visit first, unless it names a part or a trace, or there are model calls', () => {
    assert.equal(viewIn({}, visit), 'visit');
    assert.equal(viewIn({ view: 'timeline' }, visit), 'timeline');
    assert.equal(viewIn({ trace: 'a' }, visit), 'timeline');
    assert.equal(viewIn({ view: 'visit', trace: 'a' }, visit), 'visit');
    assert.equal(viewIn({}, { ...visit, genai_usage }), 'timeline');
    assert.equal(viewIn({}, backend), 'timeline');
    assert.equal(viewIn({}, { ...backend, visit: {} }), 'timeline');
    assert.equal(viewIn({}, { ...logs, visit: visit.visit }), 'visit');
  });

  it('shows the events of a session of log records alone', () => {
    assert.equal(viewIn({}, logs), 'events');
    assert.equal(viewIn({ view: 'timeline' }, logs), 'events');
    assert.equal(viewIn({ view: 'json' }, logs), 'json');
    assert.deepEqual(
      viewsOf(logs).map(({ view }) => view),
      ['events', 'json'],
    );
  });
});
