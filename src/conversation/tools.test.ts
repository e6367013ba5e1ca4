import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readToolRun } from './tools.js';

function run(attributes: Record<string, string>, spanName?: string) {
  const { call, result } = readToolRun({ attributes: new Map(Object.entries(attributes)) }, [], spanName);
  return [
    call.tool?.name,
    call.tool?.callId,
    call.tool?.arguments,
    result?.tool?.callId,
    result?.tool?.result,
  ];
}

test('a tool has the name of its span if nothing else names it', () => {
  assert.equal(run({}, 'weather')[0], 'weather');
  assert.equal(run({}, 'execute_tool weather')[0], 'weather');
  assert.equal(run({}, 'running tool: weather')[0], 'weather');
  assert.equal(run({}, 'execute_tool')[0], undefined);
  assert.equal(run({}, 'ai.toolCall')[0], undefined);
  assert.equal(run({ 'gen_ai.tool.name': 'f' }, 'weather')[0], 'f');
});

test('a result is taken out of the wrappers of frameworks', () => {
  const message = {
    lc: 1,
    type: 'constructor',
    id: ['langchain_core', 'messages', 'ToolMessage'],
    kwargs: { content: 'sunny', tool_call_id: 'c', name: 'weather' },
  };
  const wrapped = {
    sunny: 'sunny',
    '"sunny"': 'sunny',
    '{"outputs":"sunny"}': 'sunny',
    [JSON.stringify({ output: message })]: 'sunny',
    '{"result":"sunny"}': '{"result":"sunny"}',
    '{"output":"sunny"}': '{"output":"sunny"}',
    '{"outputs":[1]}': '[1]',
    '"': '"',
  };
  for (const [text, result] of Object.entries(wrapped)) {
    assert.equal(run({ 'gen_ai.tool.call.result': text })[4], result, text);
  }
  assert.equal(run({ 'output.value': JSON.stringify({ output: message }) })[3], 'c');
});

test('a result has the media of its parts', () => {
  const parts = [
    { type: 'text', text: 'a map' },
    { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' },
  ];
  for (const value of [parts, { content: parts, isError: false }]) {
    const attributes = new Map([['gen_ai.tool.call.result', JSON.stringify(value)]]);
    const { result } = readToolRun({ attributes }, []);
    assert.equal(result?.tool?.result, 'a map');
    assert.deepEqual(
      result?.media?.map(({ type, mimeType, size }) => ({ type, mimeType, size })),
      [{ type: 'image', mimeType: 'image/png', size: 8 }],
    );
  }
});
