import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SESSION_EXAMPLE, type Session } from '../../contract/session.js';
import { csvHeader, csvLine } from './csv.js';

function cellOf(session: Partial<Session>, name: string): string {
  const line = csvLine({ ...(SESSION_EXAMPLE as Session), ...session });
  const names = csvHeader().trimEnd().split(',');
  // Only the cell that is asked for has commas in it.
  const cells = line.trimEnd().split(',');
  const at = names.indexOf(name);
  return cells.slice(at, cells.length - names.length + at + 1).join(',');
}

test('a line has a cell for each name, and ends with CRLF', () => {
  const line = csvLine(SESSION_EXAMPLE as Session);
  assert.equal(line.split(',').length, csvHeader().split(',').length);
  assert.ok(line.endsWith('\r\n') && csvHeader().endsWith('\r\n'));
  assert.equal(cellOf({}, 'services'), 'api;web');
  assert.equal(cellOf({}, 'genai_usage.estimated_cost_usd'), '0.0214');
  assert.equal(cellOf({}, 'visit.entry_url'), '');
});

test('a time is there to the second for spreadsheets, and as the API has it', () => {
  const times = { start_time: '2026-03-01T23:59:59.999999999Z', end_time: '2026-03-02T00:00:00.000000000Z' };
  assert.equal(cellOf(times, 'start_time_utc'), '2026-03-01 23:59:59');
  assert.equal(cellOf(times, 'start_time'), '2026-03-01T23:59:59.999999999Z');
  assert.equal(cellOf(times, 'end_time_utc'), '2026-03-02 00:00:00');
  assert.equal(cellOf(times, 'end_time'), '2026-03-02T00:00:00.000000000Z');
});

test('text that a spreadsheet would run has an apostrophe in front, and numbers have none', () => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx']) {
    assert.equal(cellOf({ 'user.id': text }, 'user.id'), `'${text}`);
  }
  assert.equal(cellOf({ 'user.id': '=HYPERLINK("x","y")' }, 'user.id'), `"'=HYPERLINK(""x"",""y"")"`);
  assert.equal(cellOf({ 'user.id': 'a\r\nb' }, 'user.id'), '"a\r\nb"');
  assert.equal(cellOf({ 'user.id': 'a-b' }, 'user.id'), 'a-b');
  assert.equal(cellOf({ duration_ms: 0.5 }, 'duration_ms'), '0.5');
});
