import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefusedOrigins } from './refused-origins.js';
import { ManualClock } from './test-support.js';

const DAY_MS = 86_400_000;

function fixture(allowed: readonly string[] = ['loopback']) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const refused = new RefusedOrigins({
    allowed,
    clock,
    onOrigin: (origin, setting) => lines.push(`${origin} ${setting}`),
    onTooMany: () => lines.push('too many'),
  });
  return { clock, lines, refused };
}

test('an origin is reported once, with the setting that allows it beside the others', () => {
  const { lines, refused } = fixture(['loopback', 'https://*.shop.example']);
  for (const origin of ['https://a.example', 'https://a.example', 'null', 'capacitor://localhost'])
    refused.add(origin);
  const before = '--cors-origins=loopback,https://*.shop.example';
  assert.deepEqual(lines, [
    `https://a.example ${before},https://a.example`,
    `null ${before},null`,
    `capacitor://localhost ${before},capacitor://localhost`,
  ]);
  const none = fixture([]);
  none.refused.add('http://[::2]:8080');
  assert.deepEqual(none.lines, ['http://[::2]:8080 --cors-origins=http://[::2]:8080']);
});

test('origins that no browser sends are not reported', () => {
  const { lines, refused } = fixture();
  for (const origin of [
    '*',
    'loopback',
    '',
    'https://*.example',
    'https://a.example,*',
    'https://a.example$(id)',
    'https://a.example/page',
    'https://A.example',
    'https://a.example\n2026-01-01 error',
    `https://${'a'.repeat(5000)}`,
  ]) {
    refused.add(origin);
  }
  assert.deepEqual(lines, []);
});

test('a sender of any number of origins does not fill the log', () => {
  const { clock, lines, refused } = fixture();
  for (let i = 0; i < 5_000; i++) refused.add(`https://a${i}.example`);
  assert.equal(lines.length, 101);
  assert.equal(lines.at(-1), 'too many');
  clock.advance(DAY_MS);
  refused.add('https://a0.example');
  refused.add('https://a4999.example');
  assert.match(lines.at(-1)!, /^https:\/\/a4999\.example /, 'the next day continues');
  assert.equal(lines.length, 102);
});
