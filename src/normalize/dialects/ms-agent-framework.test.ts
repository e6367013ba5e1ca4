import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedIn,
  type SpanDraft,
  sumOf,
  usageOfSpan,
  withoutCost,
} from '../../../test/support/dialects.js';

const chat = (span: string, scope: string, parent?: string): SpanDraft => ({
  span,
  ...(parent === undefined ? {} : { parent }),
  name: 'chat gpt-4o',
  scope,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.response.model': 'gpt-4o-2024-08-06',
    'gen_ai.response.id': `chatcmpl-${span}`,
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 20,
    'gen_ai.usage.cache_read.input_tokens': 64,
    'gen_ai.usage.reasoning.output_tokens': 8,
  },
});

const agent = (scope: string): SpanDraft => ({
  span: 'a',
  name: 'invoke_agent support',
  scope,
  attributes: {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.usage.input_tokens': 200,
    'gen_ai.usage.output_tokens': 40,
  },
});

for (const [agents, calls] of [
  ['agent_framework', 'agent_framework'],
  ['Experimental.Microsoft.Agents.AI', 'Experimental.Microsoft.Extensions.AI'],
] as const) {
  test(`a call of ${calls}, and an agent with the sum of ${agents}`, () => {
    assert.deepEqual(withoutCost(usageOfSpan(chat('b', calls))), {
      kind: 'call',
      dialect: 'ms-agent-framework',
      signal: 'span',
      scope: calls,
      provider: 'azure.ai.openai',
      model: 'gpt-4o-2024-08-06',
      inputTokens: 100,
      outputTokens: 20,
      cacheReadTokens: 64,
      reasoningTokens: 8,
      callIds: ['chatcmpl-b'],
    });
    const spans = [agent(agents), chat('b', calls, 'a'), chat('c', calls, 'a')];
    assert.deepEqual(sumOf(countedIn({ spans })), { calls: 2, input: 200, output: 40 });
  });
}

test('the Python package excludes the cache if the API does', () => {
  const inputOf = (scope: string) => {
    const { attributes } = chat('b', scope);
    const anthropic = { ...attributes, 'gen_ai.provider.name': 'anthropic' };
    return usageOfSpan({ ...chat('b', scope), attributes: anthropic })?.inputTokens;
  };
  assert.equal(inputOf('agent_framework'), 164);
  assert.equal(inputOf('Experimental.Microsoft.Extensions.AI'), 100);
});

test('a workflow is no call', () => {
  const attributes = { 'workflow.id': 'w', 'workflow.name': 'w' };
  assert.equal(usageOfSpan({ name: 'workflow.run', scope: 'agent_framework', attributes }), undefined);
});
