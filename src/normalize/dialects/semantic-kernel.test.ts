import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usageOfSpan, withoutCost } from '../../../test/support/dialects.js';

for (const scope of [
  'Microsoft.SemanticKernel.Diagnostics',
  'semantic_kernel.utils.telemetry.model_diagnostics.decorators',
]) {
  for (const operation of ['chat.completions', 'text.completions', 'chat']) {
    test(`a call of ${scope}, operation ${operation}`, () => {
      const attributes = {
        'gen_ai.operation.name': operation,
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.finish_reason': 'Stop',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
      };
      assert.deepEqual(withoutCost(usageOfSpan({ name: `${operation} gpt-4o`, scope, attributes })), {
        kind: 'call',
        dialect: 'semantic-kernel',
        signal: 'span',
        scope,
        provider: 'openai',
        model: 'gpt-4o',
        inputTokens: 100,
        outputTokens: 20,
        callIds: ['chatcmpl-1'],
      });
    });
  }
}
