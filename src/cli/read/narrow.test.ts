import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ErrorStatistic,
  RetentionPlan,
  SessionGroup,
  ToolStatistic,
  TopCall,
} from '../../../client/src/index.js';
import { groupLines } from './groups-text.js';
import { retentionLines } from './retention-text.js';
import { styleOf } from './table.js';
import { errorLines, toolLines } from './tool-text.js';
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

const TOOL: ToolStatistic = {
  tool: 'mcp__warehouse__search_of_all_orders_by_customer',
  ...{ call_count: 1_000_000, failure_count: 100_000, retry_count: 90_000 },
  ...{ session_count: 500_000, sessions_with_failures: 50_000 },
  duration_ms: { p50: 412, p90: 1_900, p95: 3_120, p99: 8_010, max: 30_000 },
};
const ERROR: ErrorStatistic = {
  error: 'TimeoutError: the warehouse gave no answer to the search of orders after # ms',
  ...{ error_count: 1_000_000, session_count: 500_000 },
  ...{ first_seen: '2026-10-31T00:00:00.5Z', last_seen: '2026-11-30T00:00:00.5Z' },
};

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
    toolLines([TOOL], NARROW),
    errorLines([ERROR], NARROW),
    retentionLines(PLAN, WENT, NARROW),
  ]) {
    const rows = lines.filter((line) => !line.startsWith('Too narrow for'));
    assert.ok(rows.length < lines.length);
    for (const row of rows) assert.ok(row.trimEnd().length <= 60, row);
  }
});
