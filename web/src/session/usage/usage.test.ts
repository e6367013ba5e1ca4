import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { priceParts } from '../../../../client/src/text/price-text.js';
import type { UsageRecordItem } from '../queries.js';
import { callMarks, recordKey, spanKey } from './call-marks.js';
import { isSumOf, usageTotals } from './totals.js';

function usageRecord(more: Partial<UsageRecordItem>): UsageRecordItem {
  return {
    signal: 'span',
    time: '2026-03-01T09:30:00.000000000Z',
    dialect: 'otel-genai',
    kind: 'call',
    counted: true,
    ...more,
  };
}

const ITEMS = [
  usageRecord({ trace_id: 't', span_id: 'a', input_tokens: 10, output_tokens: 2, cost_usd: 0.1 }),
  usageRecord({ trace_id: 't', span_id: 'b', input_tokens: 5, cost_usd: 0.2 }),
  usageRecord({
    trace_id: 't',
    span_id: 'c',
    input_tokens: 99,
    cost_usd: 9,
    counted: false,
    reason: 'wrapper_of',
  }),
  usageRecord({ signal: 'log', log_id: 'l', output_tokens: 1 }),
  usageRecord({ trace_id: 't', span_id: 'd' }),
];

describe('the totals of usage', () => {
  it('cover the records that count, to the billionth of a dollar', () => {
    assert.deepEqual(usageTotals(ITEMS), {
      calls: 4,
      sums: 0,
      input: 15,
      output: 3,
      costUsd: 0.3,
      unpriced: 1,
      unreported: 1,
    });
  });

  it('take tokens and cost from aggregates of metrics, and no calls', () => {
    const sum = { signal: 'metric', kind: 'sum', log_id: 'm' } as const;
    const totals = usageTotals([
      usageRecord({ ...sum, input_tokens: 100 }),
      usageRecord({ ...sum, cost_usd: 0.5 }),
      usageRecord({ ...sum, output_tokens: 9, counted: false, reason: 'same_series' }),
    ]);
    assert.deepEqual(totals, {
      calls: 0,
      sums: 2,
      input: 100,
      output: 0,
      costUsd: 0.5,
      unpriced: 0,
      unreported: 0,
    });
  });

  it('are compared with the session’s totals', () => {
    const said = {
      request_count: 4,
      total_input_tokens: 15,
      total_output_tokens: 3,
      models_used: [],
      providers_used: [],
      estimated_cost_usd: 0.3,
      unpriced_request_count: 1,
      unreported_request_count: 1,
    };
    const totals = usageTotals(ITEMS);
    assert.equal(isSumOf(totals, said), true);
    assert.equal(isSumOf(totals, { ...said, request_count: 3 }), false);
    assert.equal(isSumOf(totals, { ...said, estimated_cost_usd: 0.2 }), false);
  });

  it('have no cost if none is known', () => {
    assert.equal(usageTotals([usageRecord({ input_tokens: 1 })]).costUsd, undefined);
    assert.equal(usageTotals([]).costUsd, undefined);
  });
});

describe('the marks of model calls', () => {
  it('cover the records that count, spans and log records alike', () => {
    const marks = callMarks([
      ...ITEMS,
      usageRecord({ signal: 'metric', kind: 'sum', log_id: 'm', input_tokens: 1 }),
    ]);
    assert.deepEqual([...marks.keys()], [spanKey('t', 'a'), spanKey('t', 'b'), 'l', spanKey('t', 'd')]);
    assert.equal(marks.get(recordKey({ trace_id: 't', span_id: 'a' }))?.costUsd, 0.1);
    assert.equal(callMarks([]).size, 0);
  });
});

describe('the words of a price', () => {
  it('name its parts', () => {
    const price = {
      source: 'x',
      input_per_million: 2.5,
      cache_read_per_million: 1.25,
      output_per_million: 10,
    };
    assert.deepEqual(priceParts(price), ['$2.5 in', '$1.25 from cache', '$10 out']);
    assert.deepEqual(priceParts({ source: 'reported' }), []);
  });

  it('name those of audio', () => {
    const price = {
      source: 'x',
      input_per_million: 0.6,
      input_audio_per_million: 10,
      cache_audio_read_per_million: 0.3,
      output_audio_per_million: 20,
    };
    assert.deepEqual(priceParts(price), [
      '$0.6 in',
      '$10 audio in',
      '$0.3 audio from cache',
      '$20 audio out',
    ]);
  });
});
