import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeValue } from '../otlp/read.js';
import { saidIn } from './said.js';

interface Given {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly events?: readonly (readonly [
    name: string,
    attributes: Readonly<Record<string, AttributeValue>>,
  ])[];
}

function said({ attributes = {}, events = [] }: Given): string[] {
  const texts = saidIn({
    attributes: new Map(Object.entries(attributes)),
    events: events.map(([name, of]) => ({ name, timeNs: 0n, attributes: new Map(Object.entries(of)) })),
  });
  return [...new Set(texts.map(({ by, field, text }) => `${by} ${field}: ${text}`))];
}

const MESSAGES = [
  { role: 'system', parts: [{ type: 'text', content: 'Be kind.' }] },
  { role: 'user', parts: [{ type: 'text', content: 'Refund?' }] },
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', content: 'hm' },
      { type: 'text', content: 'Wait.' },
    ],
  },
  { role: 'assistant', parts: [{ type: 'tool_call', id: '1', name: 'look', arguments: { at: 'order' } }] },
  { role: 'tool', parts: [{ type: 'tool_call_response', id: '1', response: 'late' }] },
];

test('messages are said by their role, without what is thought and what tools are told and answer', () => {
  assert.deepEqual(said({ attributes: { 'gen_ai.input.messages': JSON.stringify(MESSAGES) } }), [
    'system gen_ai.input.messages: Be kind.',
    'user gen_ai.input.messages: Refund?',
    'assistant gen_ai.input.messages: Wait.',
  ]);
});

test('messages without a role are said by whose they are where they stand', () => {
  const attributes = {
    'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: 'Be kind.' }]),
    'gen_ai.output.messages': JSON.stringify([{ parts: [{ type: 'text', content: 'Refunded.' }] }]),
    'ai.response.text': 'Done.',
    'shop.note': 'nobody says this',
  };
  assert.deepEqual(said({ attributes }), [
    'system gen_ai.system_instructions: Be kind.',
    'assistant gen_ai.output.messages: Refunded.',
    'assistant ai.response.text: Done.',
  ]);
});

test('flat attributes and events are read too', () => {
  const attributes = {
    'gen_ai.prompt.0.role': 'user',
    'gen_ai.prompt.0.content': 'Refund?',
    'gen_ai.completion.0.role': 'assistant',
    'gen_ai.completion.0.content': 'Refunded.',
  };
  assert.deepEqual(said({ attributes }), [
    'user gen_ai.prompt: Refund?',
    'assistant gen_ai.completion: Refunded.',
  ]);
  assert.deepEqual(
    said({
      events: [
        ['gen_ai.user.message', { content: 'Refund?' }],
        ['gen_ai.choice', { message: JSON.stringify({ role: 'assistant', content: 'Refunded.' }) }],
        ['exception', { content: 'nobody says this' }],
      ],
    }),
    ['user content: Refund?', 'assistant message: Refunded.'],
  );
});
