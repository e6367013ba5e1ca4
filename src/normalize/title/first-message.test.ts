import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { firstMessage } from './first-message.js';

function first(value: unknown, isUser = true): string | undefined {
  const buffer = Buffer.from(`..${typeof value === 'string' ? value : JSON.stringify(value)}..`);
  return firstMessage({ buffer, start: 2, end: buffer.length - 2 }, isUser);
}

const SYSTEM = { role: 'system', content: 'You are "user" friendly. { [' };

const FORMS: readonly [form: string, value: unknown, is: string | undefined][] = [
  ['plain text', 'Hi there', 'Hi there'],
  ['text in brackets', '[urgent] Hi there', '[urgent] Hi there'],
  ['JSON text', '"Hi \\"there\\""', 'Hi "there"'],
  ['messages of OpenAI', [SYSTEM, { role: 'user', content: 'Hi' }, { role: 'user', content: 'Two' }], 'Hi'],
  [
    'content before the role',
    [
      { content: 'No', role: 'assistant' },
      { content: 'Hi', role: 'user' },
    ],
    'Hi',
  ],
  [
    'parts of OpenAI',
    [{ role: 'user', content: [{ type: 'image_url' }, { type: 'text', text: 'Hi' }] }],
    'Hi',
  ],
  ['parts of OpenTelemetry', [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }], 'Hi'],
  ['contents of Gemini', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], config: {} }, 'Hi'],
  ['a prompt of the AI SDK', { system: 'No', messages: [{ role: 'user', content: 'Hi' }] }, 'Hi'],
  ['a prompt alone', { prompt: 'Hi' }, 'Hi'],
  ['messages of LangChain', [[{ id: ['HumanMessage'], kwargs: { content: 'Hi', type: 'human' } }]], 'Hi'],
  [
    'the result of a tool is not what a user said',
    [
      { role: 'user', content: [{ type: 'tool_result', content: 'No' }] },
      { role: 'user', content: 'Hi' },
    ],
    'Hi',
  ],
  ['no message of a user', [SYSTEM, { role: 'assistant', content: 'No' }], undefined],
  ['JSON without messages', { temperature: 1 }, undefined],
  ['JSON that was cut', JSON.stringify([SYSTEM, { role: 'user', content: 'Hi' }]).slice(0, -9), undefined],
  ['nothing', ' ', undefined],
];

for (const [form, value, is] of FORMS) {
  test(`first message of a user: ${form}`, () => assert.equal(first(value), is));
}

test('without a role, text is only a message where it is known to be the user’s', () => {
  assert.equal(first('Hi', false), undefined);
  assert.equal(first([{ content: 'Hi' }], false), undefined);
});

test('what follows the first message of a user makes no difference', () => {
  const message = fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content: fc.json() });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.array(message), (messages, more) => {
      const found = first(messages);
      if (found !== undefined) assert.equal(first([...messages, ...more]), found);
    }),
  );
});

test('never throws, whatever the bytes are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('', '[', '{', '"'), (bytes, opening) => {
      const buffer = Buffer.concat([Buffer.from(opening), bytes]);
      firstMessage({ buffer, start: 0, end: buffer.length }, true);
    }),
  );
});
