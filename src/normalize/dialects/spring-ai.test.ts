import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usageOfSpan } from '../../../test/support/dialects.js';

const SCOPE = 'org.springframework.boot';
const kindOf = (attributes: Record<string, string>, scope = SCOPE) =>
  usageOfSpan({ scope, attributes })?.kind;

test('numbers are texts, and none is a missing name', () => {
  const usage = usageOfSpan({
    scope: SCOPE,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'none',
      'gen_ai.usage.input_tokens': '1000',
      'gen_ai.usage.output_tokens': '200',
      'gen_ai.usage.total_tokens': '1200',
    },
  });
  assert.deepEqual(
    [usage?.dialect, usage?.model, usage?.inputTokens, usage?.outputTokens],
    ['spring-ai', 'gpt-4o', 1000, 200],
  );
});

test('spans around a call are not calls', () => {
  for (const operation of ['chat', 'text_completion', 'embedding', 'image']) {
    assert.equal(kindOf({ 'gen_ai.operation.name': operation }), 'call', operation);
  }
  const framework = { 'gen_ai.operation.name': 'framework', 'gen_ai.system': 'spring_ai' };
  for (const kind of ['chat_client', 'advisor']) {
    assert.equal(kindOf({ ...framework, 'spring.ai.kind': kind }), 'wrapper', kind);
  }
  assert.equal(kindOf({ ...framework, 'spring.ai.kind': 'tool_call' }), undefined);
  assert.equal(kindOf({ ...framework, 'spring.ai.kind': 'chat_client' }, 'another.scope'), 'wrapper');
});

test('other spans of Spring Boot are not recognised', () => {
  assert.equal(usageOfSpan({ scope: SCOPE, attributes: { uri: '/v1/chat/completions' } }), undefined);
});
