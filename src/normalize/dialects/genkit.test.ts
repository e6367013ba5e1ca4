import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedIn,
  type SpanDraft,
  sumOf,
  usageOfSpan,
  withoutCost,
} from '../../../test/support/dialects.js';

const scope = 'genkit-tracer';

const action = (
  span: string,
  subtype: string,
  name: string,
  more: SpanDraft['attributes'] = {},
): SpanDraft => ({
  span,
  name,
  scope,
  attributes: { 'genkit:type': 'action', 'genkit:metadata:subtype': subtype, 'genkit:name': name, ...more },
});

const output = '{"usage":{"inputTokens":42,"outputTokens":17,"thoughtsTokens":3,"totalTokens":59}}';
const model = action('c', 'model', 'googleai/gemini-2.5-flash', { 'genkit:output': output });

test('a call, whose numbers are within the answer', () => {
  assert.deepEqual(withoutCost(usageOfSpan(model)), {
    kind: 'call',
    dialect: 'genkit',
    signal: 'span',
    scope,
    provider: 'gcp.gemini',
    model: 'gemini-2.5-flash',
    inputTokens: 42,
    outputTokens: 17,
    reasoningTokens: 3,
  });
});

test('a call with numbers that a processor has added', () => {
  const added = {
    ...model.attributes,
    'gen_ai.provider.name': 'gcp.gemini',
    'gen_ai.request.model': 'gemini-2.5-flash',
    'gen_ai.usage.input_tokens': 42,
    'gen_ai.usage.output_tokens': 17,
  };
  const usage = usageOfSpan({ ...model, attributes: added });
  assert.deepEqual([usage?.model, usage?.inputTokens, usage?.outputTokens], ['gemini-2.5-flash', 42, 17]);
});

test('flows and other actions are no calls', () => {
  const flow = action('a', 'flow', 'chat', { 'genkit:output': output });
  const util = { ...action('b', 'util', 'generate'), parent: 'a' };
  for (const span of [flow, util]) assert.equal(usageOfSpan(span), undefined);
  assert.deepEqual(sumOf(countedIn({ spans: [flow, util, { ...model, parent: 'b' }] })), {
    calls: 1,
    input: 42,
    output: 17,
  });
});

test("values that only the provider's own answer has", () => {
  const raw = {
    id: 'chatcmpl-1',
    model: 'gpt-4o-2024-08-06',
    usage: {
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 5 },
    },
  };
  const answer = JSON.stringify({ usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120 }, raw });
  const usage = usageOfSpan(action('c', 'model', 'openai/gpt-4o', { 'genkit:output': answer }))!;
  const { provider, model, callIds, inputTokens, cacheReadTokens, outputTokens, reasoningTokens } = usage;
  assert.deepEqual([provider, model, callIds], ['openai', raw.model, [raw.id]]);
  assert.deepEqual([inputTokens, cacheReadTokens, outputTokens, reasoningTokens], [100, 40, 20, 5]);
});

test('a name is split at its first slash, if it has one', () => {
  const names = (name: string) => {
    const usage = usageOfSpan(action('c', 'model', name));
    return [usage?.provider, usage?.model];
  };
  assert.deepEqual(names('custom/org/model'), ['custom', 'org/model']);
  assert.deepEqual(names('mine'), [undefined, 'mine']);
});
