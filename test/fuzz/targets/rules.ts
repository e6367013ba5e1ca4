import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { transcodeJson } from '../../../src/otlp/decode-request.js';
import { readLogRecords, readSpans } from '../../../src/otlp/read.js';
import { finish } from '../../../src/otlp/steps.js';
import { planOf } from '../../../src/redact/plan.js';
import { parseRules, type RedactionRule, RedactionRulesError } from '../../../src/redact/policy.js';
import { createRedactor } from '../../../src/redact/redactor.js';
import { jsonMutator } from '../mutate-json.js';
import { textMutator } from '../mutate-text.js';
import type { FuzzTarget } from '../target.js';
import { jsonSeeds } from './otlp-seeds.js';

const KEY = new Uint8Array(32).fill(7);

const RULES = [
  { name: 'customer', key: 'customer.name', action: 'mask' },
  { name: 'number', key: ['customer.number', 'user.*', '**.pin'], action: 'hash' },
  { name: 'note', key: 'customer.note', action: 'truncate', length: 5, in: ['attributes', 'resource'] },
  { name: 'order', pattern: 'order-[0-9]{4,8}', action: 'mask', in: ['body', 'name'] },
  { name: 'mails', set: 'email', action: 'hash' },
  { name: 'args', key: 'tool.arguments', json: "$.user['name'][0]..id[*]", action: 'drop' },
];

const TOKENS = [
  ...[
    '"name":"x"',
    '"action":"drop"',
    '"action":"truncate","length":3',
    '"in":["body"]',
    '"key":"**"',
    '"key":"a.*.b"',
  ],
  ...[
    '"pattern":"(a*)*"',
    '"pattern":"[^a]{2,900}"',
    '"set":"cards"',
    '"json":"$..*"',
    '"json":"$[0]"',
    '(?<n>x)',
    '\\\\b',
  ],
];

/** A file of rules: it is refused with the place of the fault, or every record is redacted by it. */
export async function openRules(): Promise<FuzzTarget> {
  const traces = transcodeJson('traces', jsonSeeds('traces')[0]!).bytes;
  const logs = transcodeJson('logs', jsonSeeds('logs')[0]!).bytes;
  return {
    seeds: [{ rules: RULES }, ...RULES.map((rule) => ({ rules: [rule] }))].map((file) =>
      Uint8Array.from(Buffer.from(JSON.stringify(file))),
    ),
    mutate: jsonMutator(textMutator(TOKENS)),
    run: (input) => {
      const rules = rulesIn(Buffer.from(input).toString());
      if (rules === undefined) return;
      const redactor = createRedactor(planOf({ rules, userIds: 'auto', content: true }, KEY));
      const spans = finish(redactor.steps('traces', traces));
      assert.equal(readSpans(spans.bytes).length + sumOf(spans.rejected), readSpans(traces).length);
      const records = finish(redactor.steps('logs', logs));
      assert.equal(
        readLogRecords(records.bytes).length + sumOf(records.rejected),
        readLogRecords(logs).length,
      );
    },
  };
}

function rulesIn(text: string): RedactionRule[] | undefined {
  try {
    return parseRules(text, 'rules.json');
  } catch (error) {
    if (!(error instanceof RedactionRulesError)) throw error;
    assert.match(error.message, /^rules\.json\b/, 'names the file');
    return undefined;
  }
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
