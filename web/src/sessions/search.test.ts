import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSearch, stringifySearch } from '../url.js';
import { filterLabel, oppositeOf, readFilters, setFilters, toggled, withoutFilters } from './filters.js';
import { boundsOf } from './range.js';
import { readSessionsSearch } from './search.js';

test('an address is read into values, and invalid ones are ignored', () => {
  assert.deepEqual(
    readSessionsSearch({
      state: 'idle',
      isActive: 'true',
      hasErrors: 'yes',
      service: ['web', 'api', 'web'],
      model: '',
      deviceType: ['toaster', 'tv'],
      country: 'at',
      minDurationMs: '1500',
      minCostUsd: '-1',
      bots: 'false',
      minSpans: '2.5',
      minTraceSpans: '2',
      minErrors: '0',
      maxErrors: '0',
      'not.service': 'cron',
      userId: 'x'.repeat(257),
      range: '7d',
      startTime: 'yesterday',
      unknown: '1',
    }),
    {
      state: ['idle'],
      isActive: true,
      service: ['web', 'api'],
      deviceType: ['tv'],
      country: ['AT'],
      minDurationMs: 1500,
      minTraceSpans: 2,
      maxErrors: 0,
      'not.service': ['cron'],
      bots: false,
      range: '7d',
    },
  );
});

test('reading an address twice gives the same result', () => {
  const search = readSessionsSearch({
    state: ['idle', 'ended'],
    range: ['1h', '7d'],
    hasErrors: 'false',
    minCostUsd: '0.5',
    endTime: '2026-01-01T00:00:00Z',
  });
  assert.deepEqual(readSessionsSearch({ ...search }), search);
});

test('a named range ends now and stays open; a custom range takes precedence', () => {
  const now = Date.UTC(2026, 10, 24, 12);
  assert.deepEqual(boundsOf({}, now), { activeFrom: '2026-11-23T12:00:00.000Z' });
  assert.deepEqual(boundsOf({ range: '15m' }, now), { activeFrom: '2026-11-24T11:45:00.000Z' });
  assert.deepEqual(boundsOf({ range: '7d' }, now), { startTime: '2026-11-17T12:00:00.000Z' });
  assert.deepEqual(boundsOf({ range: 'all' }, now), {});
  assert.deepEqual(boundsOf({ range: '1h', endTime: '2026-01-01T00:00:00Z' }, now), {
    endTime: '2026-01-01T00:00:00Z',
  });
});

test('a day is a calendar day in the reader’s time zone', () => {
  const now = new Date(2026, 10, 24, 12, 30).getTime();
  const today = new Date(2026, 10, 24).toISOString();
  assert.deepEqual(readSessionsSearch({ range: 'yesterday' }), { range: 'yesterday' });
  assert.deepEqual(boundsOf({ range: 'today' }, now), { activeFrom: today });
  assert.deepEqual(boundsOf({ range: 'yesterday' }, now), {
    activeFrom: new Date(2026, 10, 23).toISOString(),
    activeTo: new Date(new Date(today).getTime() - 1).toISOString().replace('Z', '999999Z'),
  });
});

test('a value is added or removed, and removing the last one removes the filter', () => {
  assert.deepEqual(toggled(undefined, 'a'), ['a']);
  assert.deepEqual(toggled(['a', 'b'], 'c'), ['a', 'b', 'c']);
  assert.deepEqual(toggled(['a', 'b'], 'a'), ['b']);
  assert.equal(toggled(['a'], 'a'), undefined);
});

test('attributes are filters by their keys, whatever they contain', () => {
  const filters = { 'attr.gen_ai.agent.name': ['a', 'b'], 'not.attr.team': ['red'], 'attr.a b&c': ['='] };
  const search = readSessionsSearch({
    ...filters,
    'attr.': ['no key'],
    'attr.empty': '',
    'attr.long': 'x'.repeat(257),
  });
  assert.deepEqual(search, filters);
  assert.deepEqual(readSessionsSearch(parseSearch(stringifySearch(search))), filters, 'also over an address');
  assert.deepEqual(setFilters(search), ['attr.a b&c', 'attr.gen_ai.agent.name', 'not.attr.team']);
  assert.equal(oppositeOf('attr.team'), 'not.attr.team');
  assert.deepEqual(
    ['attr.team', 'not.attr.team', 'service'].map((name) => filterLabel(name as 'attr.team')),
    ['team', 'team is not', 'Service'],
  );
  assert.deepEqual(readFilters({ ...search, ...withoutFilters(search) }), {});
});

test('groups and what they are compared with are in the address, if valid', () => {
  const groups = { by: 'attr.team', most: 'cost', compare: 1 } as const;
  assert.deepEqual(readSessionsSearch({ by: 'attr.team', most: 'cost', compare: '1' }), groups);
  assert.deepEqual(readSessionsSearch(groups), groups);
  assert.deepEqual(readSessionsSearch({ by: 'attr.', most: 'sessions', compare: '3' }), {});
  assert.deepEqual(readSessionsSearch({ by: 'toString' }), {});
});
