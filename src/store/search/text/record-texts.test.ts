import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogSpec, logsJson, type SpanSpec, tracesJson } from '../../../../test/support/telemetry.js';
import { logsJsonToProtobuf, tracesJsonToProtobuf } from '../../../otlp/json.js';
import { readLogRecords, readSpans } from '../../../otlp/read.js';
import { Matcher, type RecordTexts } from '../../../text-search/matcher.js';
import { parseTextQuery } from '../../../text-search/text-query.js';
import { logTexts, spanTexts } from './record-texts.js';

function ofSpan(spec: Partial<SpanSpec>): RecordTexts {
  const json = tracesJson([{ trace: 'a', span: '1', start: 0n, end: 1n, ...spec }]);
  return spanTexts(readSpans(tracesJsonToProtobuf(json).bytes)[0]!);
}

function ofLog(spec: Partial<LogSpec>): RecordTexts {
  return logTexts(readLogRecords(logsJsonToProtobuf(logsJson([{ time: 1n, ...spec }])).bytes)[0]!);
}

/** Who says "refund". */
function speakers(texts: RecordTexts): string[] {
  return ['user', 'assistant', 'system'].filter((by) =>
    new Matcher(parseTextQuery(`refund in:${by}`).has[0]!).matches(texts),
  );
}

/** Who says the texts that are found. */
function roles(texts: RecordTexts, query: string): (string | undefined)[] {
  return new Matcher(parseTextQuery(query).has[0]!).hits(texts, 3).map(({ speaker }) => speaker());
}

const BOTH = ['user', 'assistant'];
const [INPUT, OUTPUT] = ['{"order":"refund 4711"}', 'refund denied'];

test('what tools and retrievers are given and answer is said by nobody', () => {
  const openInference = { 'input.value': INPUT, 'output.value': OUTPUT };
  const langfuse = { 'langfuse.observation.input': INPUT, 'langfuse.observation.output': OUTPUT };
  const mlflow = { 'mlflow.spanInputs': INPUT, 'mlflow.spanOutputs': `"${OUTPUT}"` };
  const genkit = { 'genkit:input': INPUT, 'genkit:output': OUTPUT };
  const voltAgent = { input: INPUT, output: OUTPUT };
  const spans: Partial<SpanSpec>[] = [
    ...['TOOL', 'RETRIEVER', 'RERANKER', 'EMBEDDING'].map((kind) => ({
      attributes: { 'openinference.span.kind': kind, ...openInference },
    })),
    { attributes: { 'langfuse.observation.type': 'tool', ...langfuse } },
    { attributes: { 'mlflow.spanType': '"TOOL"', ...mlflow } },
    { attributes: { 'span.type': 'tool', ...voltAgent }, scope: '@voltagent/core' },
    { attributes: { 'genkit:metadata:subtype': 'tool', ...genkit }, scope: 'genkit-tracer' },
    {
      name: 'execute_tool refund',
      attributes: { 'gen_ai.operation.name': 'execute_tool' },
      events: [{ name: 'gen_ai.choice', time: 0n, attributes: { message: OUTPUT } }],
    },
  ];
  for (const spec of spans) assert.deepEqual(speakers(ofSpan(spec)), [], JSON.stringify(spec.attributes));
});

test('what calls are given and answer under the same names is said', () => {
  const spans: Partial<SpanSpec>[] = [
    { attributes: { 'openinference.span.kind': 'LLM', 'input.value': 'refund?', 'output.value': OUTPUT } },
    { attributes: { 'openinference.span.kind': 'AGENT', 'input.value': 'refund?', 'output.value': OUTPUT } },
    {
      attributes: { 'span.type': 'llm', input: 'refund?', output: OUTPUT },
      scope: '@voltagent/core',
    },
    {
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.input': 'refund?',
        'langfuse.observation.output': OUTPUT,
      },
    },
  ];
  for (const spec of spans) assert.deepEqual(speakers(ofSpan(spec)), BOTH, JSON.stringify(spec.attributes));
});

test('of spans and log records that are no calls, nobody says what has a name like a message', () => {
  const attributes = { input: 'refund amount', output: 'refund', 'input.value': 'refund', prompt: 'refund' };
  assert.deepEqual(speakers(ofSpan({ attributes })), []);
  assert.deepEqual(speakers(ofLog({ attributes })), []);
  assert.deepEqual(speakers(ofLog({ body: { input: 'refund amount field' } })), []);
  assert.deepEqual(speakers(ofLog({ event: 'user_prompt', attributes: { prompt: 'refund' } })), ['user']);
  assert.deepEqual(speakers(ofLog({ event: 'gen_ai.choice', body: { message: '{"content":"refund"}' } })), [
    'assistant',
  ]);
});

test('who says a text that is found is not told if others in its place are like it', () => {
  const call = (...messages: readonly object[]) =>
    ofSpan({
      attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': JSON.stringify(messages) },
    });
  const text = (content: string) => ({ type: 'text', content });
  const asked = { role: 'user', parts: [text('yes, a refund please')] };
  const result = { role: 'tool', parts: [{ type: 'tool_call_response', id: '1', response: 'refund' }] };
  assert.deepEqual(roles(call(asked), 'refund'), ['user']);
  assert.deepEqual(roles(call(asked, result), 'refund'), ['user', undefined]);
  assert.deepEqual(roles(call({ role: 'user', parts: [text('refund')] }, result), 'refund'), [
    undefined,
    undefined,
  ]);
  const again = { role: 'user', parts: [text('refund')] };
  assert.deepEqual(roles(call(again, again), 'refund'), ['user', 'user']);
  // Parts are put together.
  const inParts = { role: 'user', parts: [text('refund'), text('please')] };
  assert.deepEqual(roles(call(inParts), 'refund'), ['user']);
  assert.deepEqual(roles(call(inParts, result), 'refund'), [undefined, undefined]);
});
