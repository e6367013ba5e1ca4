import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeValue, SpanView } from '../otlp/read.js';
import { type Reported, saidInSpan } from './said.js';

type Attributes = Readonly<Record<string, AttributeValue>>;

interface Given {
  readonly attributes?: Attributes;
  readonly events?: readonly (readonly [name: string, attributes: Attributes])[];
  readonly reported?: Reported;
}

const CALL: Reported = { kind: 'call', dialect: 'otel-genai' };

function said({ attributes = {}, events = [], reported = CALL }: Given): string[] {
  const record = {
    span: { name: 'work' } as SpanView,
    attributes: new Map(Object.entries(attributes)),
    events: events.map(([name, of]) => ({ name, timeNs: 0n, attributes: new Map(Object.entries(of)) })),
  };
  return saidInSpan(record, reported).map(({ by, field, text }) => `${by} ${field}: ${text}`);
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
    'gen_ai.response.text': 'not read besides other messages of the answer',
    'shop.note': 'nobody says this',
  };
  assert.deepEqual(said({ attributes }), [
    'system gen_ai.system_instructions: Be kind.',
    'assistant gen_ai.output.messages: Refunded.',
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

test('names of a dialect are read in its records only', () => {
  const attributes = { 'ai.prompt': '{"prompt":"Refund?"}', 'ai.response.text': 'Done.', input: 'field' };
  const texts = ['user ai.prompt: Refund?', 'assistant ai.response.text: Done.'];
  assert.deepEqual(said({ attributes, reported: { kind: 'call', dialect: 'vercel-ai' } }), texts);
  assert.deepEqual(said({ attributes }), []);
  assert.deepEqual(said({ attributes, reported: { kind: 'unknown' } }), []);
});

test('nobody says what is no message of a call or a run around calls', () => {
  const attributes = { 'gen_ai.input.messages': JSON.stringify(MESSAGES) };
  assert.deepEqual(said({ attributes, reported: { kind: 'other' } }), []);
  const embedded = { ...attributes, 'gen_ai.operation.name': 'embeddings' };
  assert.deepEqual(said({ attributes: embedded }), []);
  const chain: Reported = { kind: 'wrapper', dialect: 'openinference' };
  const input = (text: string) => said({ attributes: { 'input.value': text }, reported: chain });
  assert.deepEqual(input('Refund?'), ['user input.value: Refund?']);
  assert.deepEqual(input('{"order":"refund 4711"}'), []);
});

test('nobody says JSON that is cut off', () => {
  const text = JSON.stringify(MESSAGES);
  const cut = [text.slice(0, 60), text.slice(0, -1), JSON.stringify(text).slice(0, 60), '[', '{"a'];
  for (const value of cut) {
    const attributes = { 'gen_ai.input.messages': value, 'gen_ai.output.messages': value };
    assert.deepEqual(said({ attributes }), [], value);
    assert.deepEqual(said({ attributes: { 'gen_ai.prompt.0.content': value } }), [], value);
  }
  for (const value of ['[late] refund?', '{name}, hello', '"Refund', '{"answer":"refund"}']) {
    assert.deepEqual(said({ attributes: { 'gen_ai.output.messages': value } }), [
      `assistant gen_ai.output.messages: ${value}`,
    ]);
  }
});
