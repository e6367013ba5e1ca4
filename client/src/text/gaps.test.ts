import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCost, formatTokens, missingInCost, missingInTokens } from './gaps.js';

test('a sum that lacks calls says so, and is never shown as complete', () => {
  const none = { unpriced_request_count: 0, unreported_request_count: 0 };
  assert.equal(missingInCost(none), undefined);
  assert.equal(missingInCost({}), undefined);
  assert.equal(missingInCost({ unpriced_request_count: 2 }), '2 calls without a price');
  assert.equal(
    missingInCost({ unpriced_request_count: 1, unreported_request_count: 3 }),
    '1 call without a price, 3 calls without tokens',
  );
  assert.equal(missingInTokens({ unpriced_request_count: 1 }), undefined);
  assert.equal(missingInTokens({ unreported_request_count: 1 }), '1 call without tokens');
});

test('a cost is complete, a minimum, or unknown', () => {
  assert.equal(formatCost(1.5, {}), '$1.50');
  assert.equal(formatCost(0, {}), '$0');
  assert.equal(formatCost(undefined, {}), 'unknown');
  assert.equal(formatCost(1.5, { unpriced_request_count: 1 }), '≥ $1.50');
  assert.equal(formatCost(1.5, { unreported_request_count: 1 }), '≥ $1.50');
  assert.equal(formatCost(0, { unpriced_request_count: 1 }), 'unknown');
  assert.equal(formatCost(undefined, { unpriced_request_count: 1 }), 'unknown');
});

test('tokens that some calls do not report are a minimum', () => {
  assert.equal(formatTokens(1200, {}), '1.2k');
  assert.equal(formatTokens(1200, { unpriced_request_count: 4 }), '1.2k');
  assert.equal(formatTokens(0, { unreported_request_count: 1 }), '≥ 0');
});
