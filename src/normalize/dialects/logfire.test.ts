import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sessionOfSpan, usageOfSpan } from '../../../test/support/dialects.js';

const json = (value: unknown): string => JSON.stringify(value);
const openai = (attributes: Record<string, string | number>, name = 'Chat Completion') =>
  usageOfSpan({ scope: 'logfire.openai', name, attributes: { 'logfire.span_type': 'span', ...attributes } });

describe('formats', () => {
  const expected = {
    kind: 'call',
    dialect: 'logfire',
    signal: 'span',
    scope: 'logfire.openai',
    provider: 'openai',
    model: 'gpt-4o',
    inputTokens: 1000,
    outputTokens: 200,
    cacheReadTokens: 400,
    reasoningTokens: 50,
    costNanoUsd: 4_000_000,
    costSource: 'list',
  };

  test('today', () => {
    const usage = openai({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 200,
      'gen_ai.usage.cache_read.input_tokens': 400,
      'gen_ai.usage.raw': json({ completion_tokens_details: { reasoning_tokens: 50 } }),
      request_data: json({ model: 'gpt-4o' }),
    });
    assert.deepEqual(usage, expected);
  });

  test('the first: the request and the answer as the client had them', () => {
    const usage = openai({
      request_data: json({ model: 'gpt-4o', messages: [] }),
      response_data: json({
        message: {},
        usage: {
          prompt_tokens: 1000,
          completion_tokens: 200,
          prompt_tokens_details: { cached_tokens: 400 },
          completion_tokens_details: { reasoning_tokens: 50 },
        },
      }),
    });
    assert.deepEqual(usage, expected);
  });

  test("the first, of Anthropic, whose input leaves out the cache; the scope's provider", () => {
    const usage = usageOfSpan({
      scope: 'logfire.anthropic',
      name: 'Message with {request_data[model]!r}',
      attributes: {
        request_data: json({ model: 'claude-sonnet-4-5' }),
        response_data: json({
          usage: {
            input_tokens: 10,
            cache_read_input_tokens: 30,
            cache_creation_input_tokens: 5,
            output_tokens: 2,
          },
        }),
      },
    });
    const { provider, inputTokens, cacheReadTokens, cacheWriteTokens } = usage!;
    assert.deepEqual(
      { provider, inputTokens, cacheReadTokens, cacheWriteTokens },
      { provider: 'anthropic', inputTokens: 45, cacheReadTokens: 30, cacheWriteTokens: 5 },
    );
  });
});

test('the end of a stream has in common with its request what was asked', () => {
  const asked = { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': json([{ role: 'user' }]) };
  const request = openai(asked)!;
  const ending = openai({ ...asked, 'logfire.span_type': 'log', 'gen_ai.usage.input_tokens': 5 })!;
  const other = openai({ ...asked, 'gen_ai.input.messages': json([{ role: 'system' }]) })!;
  assert.equal(request.ends, undefined);
  assert.equal(ending.ends, true);
  assert.ok(request.halfOf !== undefined && request.halfOf === ending.halfOf);
  assert.notEqual(other.halfOf, request.halfOf);
  assert.equal(
    openai({ ...asked, 'gen_ai.usage.input_tokens': 5 })!.halfOf,
    undefined,
    'it has its own tokens',
  );
});

test('what asks no model is no call', () => {
  const named = { 'gen_ai.request.model': 'gpt-4o', request_data: json({ model: 'gpt-4o' }) };
  assert.equal(openai(named, 'OpenAI API call to {url!r}'), undefined);
  assert.equal(openai({ ...named, 'logfire.span_type': 'pending_span' }), undefined);
  const own = { request_data: json({ model: 'gpt-4o' }), response_data: json({ usage: {} }) };
  assert.equal(usageOfSpan({ scope: 'logfire', name: 'my own span', attributes: own }), undefined);
  const guardrail = { 'gen_ai.system': 'openai', name: 'check', triggered: 'false' };
  assert.equal(usageOfSpan({ scope: 'logfire.openai_agents', attributes: guardrail }), undefined);
});

test('the group of a trace of the Agents SDK is its session, in its own scope', () => {
  assert.equal(sessionOfSpan({ group_id: 'thread-7' }, 'logfire.openai_agents'), 'thread-7');
  assert.equal(sessionOfSpan({ group_id: 'thread-7' }, 'logfire'), undefined);
});
