import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countedIn,
  type SpanDraft,
  sumOf,
  usageOfSpan,
  withoutCost,
} from '../../../test/support/dialects.js';

const scope = 'strands.telemetry.tracer';
const MODEL = 'us.anthropic.claude-sonnet-4-20250514-v1:0';

function tokens(input: number, output: number, read: number, write: number): Record<string, number> {
  return {
    'gen_ai.usage.prompt_tokens': input,
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.completion_tokens': output,
    'gen_ai.usage.output_tokens': output,
    'gen_ai.usage.total_tokens': input + output + read + write,
    'gen_ai.usage.cache_read_input_tokens': read,
    'gen_ai.usage.cache_write_input_tokens': write,
  };
}

const span = (
  id: string,
  parent: string,
  operation: string,
  attributes: SpanDraft['attributes'],
): SpanDraft => ({
  span: id,
  ...(parent === '' ? {} : { parent }),
  name: operation,
  scope,
  attributes: { 'gen_ai.operation.name': operation, 'gen_ai.system': 'strands-agents', ...attributes },
});
const chat = (id: string, parent: string) =>
  span(id, parent, 'chat', { 'gen_ai.request.model': MODEL, ...tokens(300, 40, 200, 100) });

const agent = span('a', '', 'invoke_agent', { 'gen_ai.request.model': MODEL, ...tokens(600, 80, 400, 200) });
const cycle = (id: string) => span(id, 'a', 'execute_event_loop_cycle', { 'event_loop.cycle_id': id });

test('a call: aliases are one number, the total shows that the input excludes the cache', () => {
  const expected = {
    kind: 'call',
    dialect: 'strands',
    signal: 'span',
    scope,
    model: MODEL,
    inputTokens: 600,
    outputTokens: 40,
    cacheReadTokens: 200,
    cacheWriteTokens: 100,
  };
  assert.deepEqual(withoutCost(usageOfSpan(chat('b', 'a'))), expected);
  const { 'gen_ai.usage.total_tokens': _, ...untold } = chat('b', 'a').attributes!;
  assert.deepEqual(withoutCost(usageOfSpan({ ...chat('b', 'a'), attributes: untold })), expected);
  const within = { ...chat('b', 'a').attributes, 'gen_ai.usage.total_tokens': 340 };
  assert.equal(usageOfSpan({ ...chat('b', 'a'), attributes: within })?.inputTokens, 300);
});

test('the later names of the cache came with an input that includes it', () => {
  const attributes = {
    ...chat('b', 'a').attributes,
    ...tokens(600, 40, 200, 100),
    'gen_ai.usage.total_tokens': 640,
    'gen_ai.usage.cache_read.input_tokens': 200,
    'gen_ai.usage.cache_creation.input_tokens': 100,
  };
  const { 'gen_ai.usage.total_tokens': _, ...untold } = attributes;
  for (const each of [attributes, untold]) {
    const usage = usageOfSpan({ ...chat('b', 'a'), attributes: each });
    assert.deepEqual([usage?.inputTokens, usage?.cacheReadTokens, usage?.cacheWriteTokens], [600, 200, 100]);
  }
});

test('kinds', () => {
  assert.equal(usageOfSpan(agent)?.kind, 'wrapper');
  assert.equal(usageOfSpan(cycle('c1'))?.kind, 'wrapper');
  assert.equal(usageOfSpan(span('m', '', 'invoke_swarm', tokens(1, 1, 0, 0)))?.kind, 'wrapper');
  assert.equal(usageOfSpan(span('t', '', 'execute_tool', { 'gen_ai.tool.name': 'search' })), undefined);
});

test('an agent with exactly the total of its calls', () => {
  const spans = [agent, cycle('c1'), chat('d1', 'c1'), cycle('c2'), chat('d2', 'c2')];
  assert.deepEqual(sumOf(countedIn({ spans })), { calls: 2, input: 1200, output: 80 });
  assert.deepEqual(sumOf(countedIn({ spans: [agent] })), { calls: 1, input: 1200, output: 80 });
});
