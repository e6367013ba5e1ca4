import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usageOfSpan } from '../../../test/support/dialects.js';

const observed = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'OPEN_AI',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.model': 'unknown',
};

test('numbers under names of its own, providers by its enumeration, unknown is a missing name', () => {
  const usage = usageOfSpan({
    scope: 'org.springframework.boot',
    attributes: { ...observed, input_tokens: '1000', output_tokens: '200' },
  });
  const { dialect, provider, model, inputTokens, outputTokens } = usage!;
  assert.deepEqual(
    { dialect, provider, model, inputTokens, outputTokens },
    { dialect: 'langchain4j', provider: 'openai', model: 'gpt-4o', inputTokens: 1000, outputTokens: 200 },
  );
});

test('such names are ignored in other scopes', () => {
  assert.equal(usageOfSpan({ scope: 'shop', attributes: { input_tokens: '1000' } }), undefined);
});

test('Quarkus’ estimate is a cost if it is in US dollars', () => {
  const cost = (estimated: string) => {
    const usage = usageOfSpan({
      scope: 'io.quarkus.opentelemetry',
      attributes: { ...observed, 'gen_ai.request.model': 'home', 'gen_ai.client.estimated_cost': estimated },
    });
    return usage?.costSource === 'reported' ? usage.costNanoUsd : undefined;
  };
  assert.equal(cost('0.00045USD'), 450_000);
  assert.equal(cost('4.5E-4 USD'), 450_000);
  assert.equal(cost('0.00045EUR'), undefined);
  assert.equal(cost('unknown'), undefined);
});
