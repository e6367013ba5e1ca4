import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionEvent } from '../queries.js';
import { hasText, severityText, summaryOf, toneOf } from './event-text.js';

function event(more: Partial<SessionEvent>): SessionEvent {
  return {
    id: '1',
    kind: 'log',
    time_unix_nano: '1',
    attributes: [],
    resource: { attributes: [{ key: 'host.name', value: 'h' }] },
    ...more,
  };
}

describe('an event in a row', () => {
  it('shows its exception, else its body, else its attributes', () => {
    const attributes = [
      { key: 'session.id', value: 's' },
      { key: 'exception.type', value: 'TypeError' },
      { key: 'exception.message', value: 'x is\n undefined' },
    ];
    assert.equal(summaryOf(event({ attributes, body: 'text' })), 'TypeError: x is undefined');
    assert.equal(summaryOf(event({ body: 'text' })), 'text');
    assert.equal(summaryOf(event({ body: { a: [1] } })), '{"a":[1]}');
    assert.equal(
      summaryOf(
        event({
          attributes: [...attributes.slice(0, 1), { key: 'a', value: 1 }, { key: 'b', value: ['x'] }],
        }),
      ),
      'a=1 · b=["x"]',
    );
    assert.equal(summaryOf(event({ body: 'a\u202eb' })), 'a\ufffdb');
    assert.equal(summaryOf(event({})), '');
    assert.ok(summaryOf(event({ body: 'x'.repeat(1_000_000) })).length <= 400);
  });

  it('has the severity text of its source, else the name of its number', () => {
    assert.equal(severityText(event({ severity_number: 17, severity_text: 'Critical' })), 'Critical');
    assert.equal(severityText(event({ severity_number: 9 })), 'INFO');
    assert.equal(severityText(event({ severity_number: 18 })), 'ERROR2');
    assert.equal(severityText(event({ severity_number: 99 })), '');
    assert.equal(severityText(event({})), '');
  });

  it('is highlighted by its severity, or as an exception', () => {
    assert.equal(toneOf(event({ severity_number: 17 })), 'error');
    assert.equal(toneOf(event({ kind: 'span_event', event_name: 'exception' })), 'error');
    assert.equal(toneOf(event({ severity_number: 13 })), 'warning');
    assert.equal(toneOf(event({ severity_number: 5 })), 'minor');
    assert.equal(toneOf(event({})), 'plain');
  });

  it('is found by any text of its own, in any case', () => {
    const one = event({ event_name: 'Click', body: { target: 'BUTTON' } });
    assert.ok(hasText(one, ' button '));
    assert.ok(hasText(one, 'click'));
    assert.ok(hasText(one, ''));
    assert.ok(!hasText(one, 'host.name'));
  });
});
