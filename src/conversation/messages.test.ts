import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { MessageRole } from '../normalize/dialects/dialect.js';
import { type Entry, entryKey, MAX_TEXT } from './entry.js';
import { readFlat } from './flat.js';
import { MAX_ENTRIES, readMessages } from './messages.js';

const PNG = 'iVBORw0KGgo=';
const user = (text: string): Entry => ({ role: 'user', text });
const assistant = (text: string): Entry => ({ role: 'assistant', text });
const call = (callId: string, name: string, args: string): Entry => ({
  role: 'tool_call',
  tool: { name, callId, arguments: args },
});
const result = (callId: string, text: string, name?: string): Entry => ({
  role: 'tool_result',
  tool: { ...(name && { name }), callId, result: text },
});

/** The media of entries without their content. */
const withoutContent = (entries: readonly Entry[]): Entry[] =>
  entries.map(({ media, ...entry }) => ({
    ...entry,
    ...(media && { media: media.map(({ digest: _, data: __, ...rest }) => rest) }),
  }));

const CHAT = [
  user('weather?'),
  call('c1', 'weather', '{"city":"Bern"}'),
  result('c1', 'sunny'),
  assistant('It is sunny.'),
];

const HAYSTACK_CALL = { tool_name: 'weather', arguments: { city: 'Bern' }, id: 'c1', extra: null };

const shapes: [name: string, value: unknown, entries: readonly Entry[], role?: MessageRole][] = [
  [
    'OpenAI chat',
    [
      { role: 'user', content: 'weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      { role: 'assistant', content: [{ type: 'text', text: 'It is sunny.' }] },
    ],
    CHAT,
  ],
  [
    'Haystack',
    {
      messages: [
        { role: 'user', meta: {}, name: null, content: [{ text: 'weather?' }] },
        {
          role: 'assistant',
          meta: { finish_reason: 'tool_calls' },
          name: null,
          content: [
            { reasoning: { reasoning_text: 'The tool knows.', extra: {} } },
            { tool_call: HAYSTACK_CALL },
          ],
        },
        {
          role: 'tool',
          meta: {},
          name: null,
          content: [{ tool_call_result: { result: 'sunny', origin: HAYSTACK_CALL, error: false } }],
        },
      ],
      tools: [{ type: 'haystack.tools.tool.Tool', data: { name: 'weather' } }],
    },
    [
      user('weather?'),
      { role: 'assistant', reasoning: 'The tool knows.' },
      call('c1', 'weather', '{"city":"Bern"}'),
      result('c1', 'sunny', 'weather'),
    ],
  ],
  [
    'what Haystack’s generators give back',
    { replies: [{ role: 'assistant', meta: {}, name: null, content: [{ text: 'It is sunny.' }] }] },
    [assistant('It is sunny.')],
  ],
  ['texts alone, of its older ones', { replies: ['It is sunny.'], meta: [{}] }, [assistant('It is sunny.')]],
  [
    'OpenAI responses',
    {
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'weather?' }] },
        { type: 'function_call', id: 'fc', call_id: 'c1', name: 'weather', arguments: '{"city":"Bern"}' },
        { type: 'function_call_output', call_id: 'c1', output: 'sunny' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It is sunny.' }] },
      ],
    },
    [
      { role: 'system', text: 'Be brief.' },
      CHAT[0]!,
      { role: 'tool_call', tool: { name: 'weather', callId: 'c1', arguments: '{"city":"Bern"}' } },
      ...CHAT.slice(2),
    ],
  ],
  [
    'Anthropic',
    {
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        { role: 'user', content: 'weather?' },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Bern' } }],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'sunny' }] }],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'x' },
            { type: 'text', text: 'It is sunny.' },
          ],
        },
      ],
    },
    [
      { role: 'system', text: 'Be brief.' },
      ...CHAT.slice(0, 3),
      { role: 'assistant', text: 'It is sunny.', reasoning: 'hm' },
    ],
  ],
  [
    'Gemini',
    {
      contents: [
        { role: 'user', parts: [{ text: 'weather?' }, { inlineData: { mimeType: 'image/png', data: PNG } }] },
        { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'weather', args: { city: 'Bern' } } }] },
        {
          role: 'user',
          parts: [{ functionResponse: { id: 'c1', name: 'weather', response: { sky: 'blue' } } }],
        },
        { role: 'model', parts: [{ text: 'hm', thought: true }, { text: 'It is sunny.' }] },
      ],
    },
    [
      { role: 'user', text: 'weather?', media: [{ type: 'image', mimeType: 'image/png', size: 8 }] },
      CHAT[1]!,
      result('c1', '{"sky":"blue"}', 'weather'),
      { role: 'assistant', text: 'It is sunny.', reasoning: 'hm' },
    ],
  ],
  [
    'Bedrock Converse',
    [
      { role: 'user', content: [{ text: 'weather?' }, { image: { format: 'png', source: { bytes: PNG } } }] },
      {
        role: 'assistant',
        content: [{ toolUse: { toolUseId: 'c1', name: 'weather', input: { city: 'Bern' } } }],
      },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: 'c1', content: [{ text: 'sunny' }], status: 'success' } }],
      },
      {
        role: 'assistant',
        content: [{ reasoningContent: { reasoningText: { text: 'hm' } } }, { text: 'It is sunny.' }],
      },
    ],
    [
      { role: 'user', text: 'weather?', media: [{ type: 'image', mimeType: 'image/png', size: 8 }] },
      ...CHAT.slice(1, 3),
      { role: 'assistant', text: 'It is sunny.', reasoning: 'hm' },
    ],
  ],
  [
    'Vercel',
    {
      system: 'Be brief.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'weather?' },
            { type: 'file', mediaType: 'application/pdf', data: PNG },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'hm' },
            { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: { city: 'Bern' } },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'c1',
              toolName: 'weather',
              output: { type: 'text', value: 'sunny' },
            },
          ],
        },
      ],
    },
    [
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'weather?', media: [{ type: 'document', mimeType: 'application/pdf', size: 8 }] },
      { role: 'assistant', reasoning: 'hm' },
      CHAT[1]!,
      result('c1', 'sunny', 'weather'),
    ],
  ],
  [
    'Vercel tool calls',
    [{ toolCallId: 'c1', toolName: 'weather', input: { city: 'Bern' } }],
    [CHAT[1]!],
    'assistant',
  ],
  [
    'OpenTelemetry parts',
    [
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'weather?' },
          { type: 'uri', modality: 'image', mime_type: 'image/png', uri: 'https://x/y.png' },
        ],
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'hm' },
          { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Bern' } },
        ],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'sunny' }] },
      { role: 'assistant', parts: [{ type: 'text', content: 'It is sunny.' }], finish_reason: 'stop' },
    ],
    [
      {
        role: 'user',
        text: 'weather?',
        media: [{ type: 'image', mimeType: 'image/png', uri: 'https://x/y.png' }],
      },
      { role: 'assistant', reasoning: 'hm' },
      ...CHAT.slice(1, 3),
      { role: 'assistant', text: 'It is sunny.', finishReason: 'stop' },
    ],
  ],
  [
    'a response of OpenAI',
    {
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'It is sunny.' } }],
    },
    [{ ...CHAT[3]!, finishReason: 'stop' }],
    'assistant',
  ],
  [
    'a response of Gemini',
    { candidates: [{ content: { role: 'model', parts: [{ text: 'It is sunny.' }] }, finishReason: 'STOP' }] },
    [{ ...CHAT[3]!, finishReason: 'STOP' }],
    'assistant',
  ],
  [
    'a response of Bedrock',
    { output: { message: { role: 'assistant', content: [{ text: 'It is sunny.' }] } } },
    [CHAT[3]!],
    'assistant',
  ],
  [
    'a response of Anthropic',
    { role: 'assistant', content: [{ type: 'text', text: 'It is sunny.' }], stop_reason: 'end_turn' },
    [{ ...CHAT[3]!, finishReason: 'end_turn' }],
    'assistant',
  ],
  [
    'LangChain',
    [
      [
        {
          lc: 1,
          type: 'constructor',
          id: ['langchain', 'schema', 'HumanMessage'],
          kwargs: { content: 'weather?' },
        },
        { type: 'ai', data: { content: 'It is sunny.' } },
      ],
    ],
    [CHAT[0]!, CHAT[3]!],
  ],
  [
    'old function calls',
    [
      { role: 'assistant', content: '', function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'x' },
    ],
    [
      { role: 'tool_call', tool: { name: 'f', arguments: '{}' } },
      { role: 'tool_result', tool: { name: 'f', result: 'x' } },
    ],
  ],
  ['a refusal', [{ role: 'assistant', content: null, refusal: 'No.' }], [assistant('No.')]],
  [
    'smolagents',
    [
      {
        role: 'tool-call',
        content:
          "Calling tools:\n[{'id': 'c', 'type': 'function', 'function': {'name': 'f', 'arguments': {'x': 1}}}]",
      },
      { role: 'tool-response', content: [{ type: 'text', text: 'Observation:\nsunny' }] },
    ],
    [
      { role: 'tool_call', tool: { name: 'f', callId: 'c', arguments: '{"x":1}' } },
      { role: 'tool_result', tool: { result: 'sunny' } },
    ],
  ],
  [
    'a result that the user gives',
    [{ role: 'user', tool_call_id: 'c', content: 'sunny' }],
    [{ role: 'tool_result', tool: { callId: 'c', result: 'sunny' } }],
  ],
  [
    'an image at an address',
    [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }] }],
    [{ role: 'user', media: [{ type: 'image', mimeType: 'image/png', size: 8 }] }],
  ],
  [
    'parts of one message',
    [
      { type: 'text', content: 'a' },
      { type: 'text', content: 'b' },
    ],
    [{ role: 'system', text: 'a\nb' }],
    'system',
  ],
  ['plain text', 'weather?', [CHAT[0]!]],
  ['text that is JSON', '{"answer": 42}', [user('{"answer": 42}')]],
  ['a prompt in an object', { prompt: 'weather?' }, [CHAT[0]!]],
  ['prompts in a list', { prompts: ['Human: weather?'] }, [CHAT[0]!]],
  ['a chain’s inputs', { inputs: { input: 'weather?' }, tags: [], metadata: {} }, [CHAT[0]!]],
  ['an object with more than a prompt', { prompt: 'a', city: 'b' }, [user('{"prompt":"a","city":"b"}')]],
  ['a chain’s output', { output: 'It is sunny.' }, [CHAT[3]!], 'assistant'],
  ['an answer that is JSON', '{"result": "sunny"}', [assistant('{"result": "sunny"}')], 'assistant'],
  ['a text in JSON', '"line\\nbreak"', [user('line\nbreak')]],
  [
    'a conversation in one text',
    'System: Be brief.\nHuman: weather?\nin Bern\nAI: It is sunny.\nHuman: thanks',
    [{ role: 'system', text: 'Be brief.' }, user('weather?\nin Bern'), CHAT[3]!, user('thanks')],
  ],
  [
    'a conversation in one text that the model is to go on with',
    'system: Be brief.\nuser: weather?\nassistant: ',
    [{ role: 'system', text: 'Be brief.' }, CHAT[0]!],
  ],
  ['a conversation in the text of a message', [{ role: 'user', content: 'Human: weather?' }], [CHAT[0]!]],
  ['an answer with its role', 'assistant: It is sunny.', [CHAT[3]!], 'assistant'],
  [
    'an answer that begins like a role',
    'AI: A Modern Approach',
    [assistant('AI: A Modern Approach')],
    'assistant',
  ],
  [
    'a message that begins like no role',
    [{ role: 'user', content: 'Note: weather?' }],
    [user('Note: weather?')],
  ],
  [
    'definitions of tools among the messages',
    [
      { role: 'user', content: 'weather?' },
      {
        role: 'tool',
        content: { type: 'function', function: { name: 'f', parameters: { type: 'object' } } },
      },
      { role: 'tool', content: '{"name": "g", "input_schema": {"type": "object"}}' },
      { role: 'tool', content: [{ toolSpec: { name: 'h', inputSchema: { json: {} } } }] },
    ],
    [CHAT[0]!],
  ],
  [
    'a result that looks a little like a definition',
    [{ role: 'tool', tool_call_id: 'c1', content: '{"name": "Bern", "parameters": 3}' }],
    [result('c1', '{"name": "Bern", "parameters": 3}')],
  ],
  [
    'a call as text and as a part',
    {
      role: 'assistant',
      parts: [
        {
          type: 'text',
          content:
            '[{"type": "text", "text": "Let me see."}, {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Bern"}}]',
        },
        { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Bern' } },
      ],
    },
    [assistant('Let me see.'), CHAT[1]!],
  ],
  [
    'a call as text alone',
    [
      {
        role: 'assistant',
        content: '{"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Bern"}}',
      },
    ],
    [CHAT[1]!],
  ],
  [
    'a result as text and as a part',
    {
      role: 'user',
      parts: [
        { type: 'text', content: '{"type": "tool_result", "tool_use_id": "c1", "content": "sunny"}' },
        { type: 'tool_call_response', id: 'c1', response: 'sunny' },
      ],
    },
    [CHAT[2]!],
  ],
  [
    'a choice whose message is a text',
    { index: 0, finish_reason: 'stop', message: 'It is sunny.' },
    [{ ...CHAT[3]!, finishReason: 'stop' }],
    'assistant',
  ],
  [
    'a choice whose message is JSON in a text',
    { index: 0, finish_reason: 'stop', message: '{"role": "assistant", "content": "It is sunny."}' },
    [{ ...CHAT[3]!, finishReason: 'stop' }],
    'assistant',
  ],
  ['text that looks like JSON', '[not json', [user('[not json')]],
  ['a number', 42, [user('42')]],
  [
    'an unknown part',
    [{ role: 'user', content: [{ type: 'hologram', of: 'cat' }] }],
    [user('{"type":"hologram","of":"cat"}')],
  ],
  ['nothing', null, []],
];

describe('messages', () => {
  for (const [name, value, entries, role = 'user'] of shapes) {
    test(name, () => {
      assert.deepEqual(withoutContent(readMessages(value, role)), entries);
      if (typeof value === 'object')
        assert.deepEqual(
          withoutContent(readMessages(JSON.stringify(value), role)),
          value === null ? [user('null')] : entries,
        );
    });
  }
});

test('flat attributes of OpenInference and OpenLLMetry', () => {
  const openInference = new Map<string, string>([
    ['llm.input_messages.1.message.role', 'assistant'],
    ['llm.input_messages.1.message.tool_calls.0.tool_call.id', 'c1'],
    ['llm.input_messages.1.message.tool_calls.0.tool_call.function.name', 'weather'],
    ['llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments', '{"city":"Bern"}'],
    ['llm.input_messages.0.message.role', 'user'],
    ['llm.input_messages.0.message.contents.0.message_content.type', 'text'],
    ['llm.input_messages.0.message.contents.0.message_content.text', 'weather?'],
    ['llm.input_messages.0.message.contents.1.message_content.type', 'image'],
    ['llm.input_messages.0.message.contents.1.message_content.image.image.url', 'https://x/y.png'],
    ['llm.input_messages.10.message.role', 'tool'],
    ['llm.input_messages.10.message.tool_call_id', 'c1'],
    ['llm.input_messages.10.message.content', 'sunny'],
    ['llm.input_messages.x', 'ignored'],
  ]);
  assert.deepEqual(readMessages(readFlat(openInference, 'llm.input_messages'), 'user'), [
    { role: 'user', text: 'weather?', media: [{ type: 'image', uri: 'https://x/y.png' }] },
    ...CHAT.slice(1, 3),
  ]);
  const openLlmetry = new Map<string, string>([
    ['gen_ai.completion.0.role', 'assistant'],
    ['gen_ai.completion.0.finish_reason', 'tool_calls'],
    ['gen_ai.completion.0.tool_calls.0.id', 'c1'],
    ['gen_ai.completion.0.tool_calls.0.name', 'weather'],
    ['gen_ai.completion.0.tool_calls.0.arguments', '{"city":"Bern"}'],
  ]);
  assert.deepEqual(readMessages(readFlat(openLlmetry, 'gen_ai.completion'), 'assistant'), [
    { ...CHAT[1]!, finishReason: 'tool_calls' },
  ]);
});

test('texts and their number are limited', () => {
  const [long] = readMessages([{ role: 'user', content: 'x'.repeat(MAX_TEXT + 1) }], 'user');
  assert.equal(long?.text?.length, MAX_TEXT);
  assert.equal(long?.truncated, true);
  const many = readMessages(Array(MAX_ENTRIES + 7).fill({ role: 'user', content: 'x' }), 'user');
  assert.equal(many.length, MAX_ENTRIES + 1);
  assert.equal(many.at(-1)?.text, '… and 7 more');
  const deep = `${'[{"content":'.repeat(5000)}1${'}]'.repeat(5000)}`;
  assert.equal(readMessages(deep, 'user').length, 1);
  assert.ok(readMessages(`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'user').length <= 1);
});

test('no value causes an error', () => {
  const names = fc.constantFrom(
    'role',
    'content',
    'parts',
    'type',
    'text',
    'tool_calls',
    'function',
    'message',
    'messages',
    'image',
    'source',
    'input',
    'output',
    'kwargs',
    'data',
    'id',
    'name',
    '__proto__',
    'constructor',
    'toolUse',
    'functionCall',
    'reasoning',
  );
  const words = fc.constantFrom(
    'user',
    'assistant',
    'tool',
    'text',
    'tool_use',
    'tool_result',
    'image',
    'reasoning',
    'function_call',
    'message',
    'ai',
    '[',
    '{"role":"user"}',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      words,
      fc.jsonValue(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(names, tie('value'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom<MessageRole>('system', 'user', 'assistant', 'tool'), (any, role) => {
      for (const entry of [...readMessages(any, role), ...readMessages(JSON.stringify(any), role)]) {
        entryKey(entry);
        assert.ok(
          entry.text !== undefined ||
            entry.reasoning !== undefined ||
            entry.media !== undefined ||
            entry.tool !== undefined,
        );
      }
    }),
    { numRuns: 2000 },
  );
});
