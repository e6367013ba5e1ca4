import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedIn,
  type SpanDraft,
  sessionOfSpan,
  sumOf,
  withoutCost,
} from '../../../test/support/dialects.js';

const scope = '@mastra/otel-exporter';

const typed = (span: string, type: string, attributes: SpanDraft['attributes'] = {}): SpanDraft => ({
  span,
  scope,
  attributes: { 'mastra.span.type': type, 'gen_ai.operation.name': type, ...attributes },
});

const numbers = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'anthropic.messages',
  'gen_ai.response.model': 'claude-haiku-4-5',
  'gen_ai.usage.input_tokens': 604,
  'gen_ai.usage.cache_read_input_tokens': 160,
  'gen_ai.usage.output_tokens': 43,
};

test('the inference is the call, not the steps and generations around it', () => {
  const usages = countedIn({
    spans: [
      typed('a', 'agent_run'),
      { ...typed('b', 'model_generation'), parent: 'a' },
      { ...typed('c', 'model_step'), parent: 'b' },
      { ...typed('d', 'model_inference', numbers), parent: 'c' },
      { ...typed('e', 'model_chunk'), parent: 'd' },
      { ...typed('f', 'tool_call'), parent: 'c' },
    ],
  });
  assert.deepEqual(usages.map(withoutCost), [
    {
      kind: 'call',
      dialect: 'mastra',
      signal: 'span',
      scope,
      provider: 'anthropic',
      model: 'claude-haiku-4-5',
      inputTokens: 604,
      cacheReadTokens: 160,
      outputTokens: 43,
    },
  ]);
});

test('a generation with the numbers is the call', () => {
  const spans = [typed('a', 'agent_run'), { ...typed('b', 'model_generation', numbers), parent: 'a' }];
  const below = { ...typed('c', 'model_step'), parent: 'b' };
  assert.deepEqual(sumOf(countedIn({ spans: [...spans, below] })), { calls: 1, input: 604, output: 43 });
});

test('a session stands in the metadata that the application gives', () => {
  assert.equal(sessionOfSpan({ 'mastra.metadata.sessionId': 's' }), 's');
});
