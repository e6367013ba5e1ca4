import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_SESSIONS, statisticsItem } from './statistics.js';

test('ratios without sessions are 0', () => {
  assert.deepEqual(statisticsItem(NO_SESSIONS), {
    active_sessions: 0,
    total_sessions: 0,
    unique_users: 0,
    avg_duration_ms: 0,
    sessions_with_errors: 0,
    sessions_with_genai: 0,
    unpriced_request_count: 0,
    unreported_request_count: 0,
    bounce_rate: 0,
    by_device_type: [],
    by_country: [],
  });
});

test('ratios, means and percentages are of all sessions', () => {
  const item = statisticsItem({
    ...NO_SESSIONS,
    openSessions: 3,
    totalSessions: 8,
    uniqueUsers: 5,
    durationMicros: 20_000_004n,
    bounces: 2,
    byDeviceType: new Map([['mobile', 2]]),
    byCountry: new Map([['AT', { name: 'Austria', count: 1 }]]),
  });
  assert.equal(item.active_sessions, 3);
  assert.equal(item.avg_duration_ms, 2500.0005);
  assert.equal(item.bounce_rate, 0.25);
  assert.deepEqual(item.by_country, [
    { country_code: 'AT', country_name: 'Austria', count: 1, percentage: 12.5 },
  ]);
});

test('sessions without a device count as unknown, so that the counts add up', () => {
  const { by_device_type } = statisticsItem({
    ...NO_SESSIONS,
    totalSessions: 10,
    byDeviceType: new Map([
      ['bot', 1],
      ['unknown', 2],
      ['desktop', 4],
    ]),
  });
  assert.deepEqual(by_device_type, [
    { device_type: 'unknown', count: 5, percentage: 50 },
    { device_type: 'desktop', count: 4, percentage: 40 },
    { device_type: 'bot', count: 1, percentage: 10 },
  ]);
});

test('groups are sorted by count, then by name, without empty ones', () => {
  const country = (count: number) => ({ name: undefined, count });
  const { by_country, by_device_type } = statisticsItem({
    ...NO_SESSIONS,
    totalSessions: 6,
    byDeviceType: new Map([
      ['tv', 3],
      ['mobile', 3],
      ['iot', 0],
    ]),
    byCountry: new Map([
      ['FR', country(1)],
      ['DE', country(1)],
      ['AT', country(2)],
      ['CH', country(0)],
    ]),
  });
  assert.deepEqual(
    by_country.map(({ country_code }) => country_code),
    ['AT', 'DE', 'FR'],
  );
  assert.deepEqual(
    by_device_type.map(({ device_type }) => device_type),
    ['mobile', 'tv'],
  );
});

test('the name of an unknown country is its code', () => {
  const { by_country } = statisticsItem({
    ...NO_SESSIONS,
    totalSessions: 1,
    byCountry: new Map([['XK', { name: undefined, count: 1 }]]),
  });
  assert.equal(by_country[0]?.country_name, 'XK');
});
