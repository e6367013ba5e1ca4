import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RetentionPlan, SessionGroup, TopCall } from '../../../client/src/index.js';
import { groupLines } from './groups-text.js';
import { retentionLines } from './retention-text.js';
import { styleOf } from './table.js';
import { topCallLines } from './top-calls-text.js';

const NARROW = styleOf(false, 60);

const CALL = {
  session: {
    'session.id': 'conv_8b5009a44f9401c4b1d036ea',
    title: 'Which countries bought most last month?',
  },
  call: {
    ...{ time: '2026-11-30T23:21:50.000000000Z', model: 'gemini-2.5-pro', span_id: '4a2e54f57a57415d' },
    ...{ input_tokens: 3_700, output_tokens: 2_100, cost_usd: 0.0258 },
  },
  duration_ms: 25_800,
} as unknown as TopCall;

const GROUP = {
  ...{ value: 'claude-sonnet-4-5-20250929', session_count: 372, sessions_with_errors: 65 },
  ...{ duration_ms: { p95: 151_000 }, request_count: 1_340, unpriced_request_count: 20 },
  ...{ total_input_tokens: 4_000_000, total_output_tokens: 600_000, estimated_cost_usd: 11.13 },
} as unknown as SessionGroup;

const AMOUNTS = { sessions: 1_000_000, records: 1_000_000_000, bytes: 1e12 };
const PLAN = {
  keep_sessions: '30d',
  would_remove: [{ project: 'a-long-name-of-a-project', until: '2026-10-31T00:00:00Z', ...AMOUNTS }],
  would_remove_content: [],
} as unknown as RetentionPlan;
const WENT = [
  { project: 'a-long-name-of-a-project', time: '2026-10-31T00:00:00Z', ...AMOUNTS, contents: 0 },
] as unknown as Parameters<typeof retentionLines>[1];

test('tables fit a narrow terminal, and the last line says what is left out', () => {
  for (const lines of [
    topCallLines([CALL], NARROW),
    groupLines('model', [GROUP], NARROW),
    retentionLines(PLAN, WENT, NARROW),
  ]) {
    const rows = lines.filter((line) => !line.startsWith('Too narrow for'));
    assert.ok(rows.length < lines.length);
    for (const row of rows) assert.ok(row.trimEnd().length <= 60, row);
  }
});
