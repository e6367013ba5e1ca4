import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparedGroups } from './compared-groups.js';

type Groups = Parameters<typeof comparedGroups>[0];

function groupsOf(counts: Readonly<Record<string, number>>, count = Object.keys(counts).length): Groups {
  const sums = {
    sessions_with_errors: 0,
    request_count: 0,
    total_input_tokens: 0,
    total_output_tokens: 0,
    unpriced_request_count: 0,
    unreported_request_count: 0,
  };
  const groups = Object.entries(counts).map(([value, session_count]) => ({ value, session_count, ...sums }));
  const none = { session_count: 0, ...sums };
  return { group_count: count, groups, total: none, without: none };
}

const countsOf = (groups: ReturnType<typeof comparedGroups>) =>
  groups.map(({ value, now, was }) => [value, now?.session_count, was?.session_count]);

test('groups of either range are compared, the largest of both first', () => {
  const compared = comparedGroups(groupsOf({ a: 5, b: 1 }), groupsOf({ b: 3, gone: 9 }), 'sessions');
  assert.deepEqual(countsOf(compared), [
    ['gone', 0, 9],
    ['a', 5, 0],
    ['b', 1, 3],
  ]);
});

test('a group that is not among the listed ones is not taken for empty', () => {
  const compared = comparedGroups(groupsOf({ a: 5 }), groupsOf({ b: 3 }, 1_001), 'sessions');
  assert.deepEqual(countsOf(compared), [
    ['a', 5, undefined],
    ['b', 0, 3],
  ]);
});

test('without a range before, groups are those of the range', () => {
  assert.deepEqual(countsOf(comparedGroups(groupsOf({ b: 1, a: 1 }), undefined, 'sessions')), [
    ['b', 1, undefined],
    ['a', 1, undefined],
  ]);
});
