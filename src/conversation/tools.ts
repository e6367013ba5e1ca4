import { cut, type Entry, MAX_NAME, MAX_TEXT, type Tool } from './entry.js';
import { field, isFields, jsonText, parseContainer } from './json-value.js';
import { bounded, readMessages } from './messages.js';
import { type EventRecord, type Lookup, lookup, type SpanRecord } from './record.js';

const NAMES = [
  'gen_ai.tool.name',
  'ai.toolCall.name',
  'tool.name',
  'tool_name',
  'function_name',
  'haystack.tool.name',
  'spring.ai.tool.definition.name',
  'traceloop.entity.name',
];
const CALL_IDS = [
  'gen_ai.tool.call.id',
  'gen_ai.tool.call_id',
  'ai.toolCall.id',
  'tool_call.id',
  'tool.call.id',
  'tool.id',
  'tool_use_id',
  'call_id',
];
const ARGUMENTS = [
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.args',
  'gen_ai.tool.input',
  'ai.toolCall.args',
  'gcp.vertex.agent.tool_call_args',
  'tool_arguments',
  'tool_parameters',
  'tool_input',
  'function_args',
  'full_command',
  'arguments',
  'input.value',
  'mlflow.spanInputs',
  'langfuse.observation.input',
  'traceloop.entity.input',
  'haystack.agent.step.tool.input',
  'spring.ai.tool.call.arguments',
  'input',
  // LangSmith
  'gen_ai.prompt',
];
const RESULTS = [
  'gen_ai.tool.call.result',
  'gen_ai.tool.output',
  'ai.toolCall.result',
  'gcp.vertex.agent.tool_response',
  'tool_response',
  'lk.function_tool.output',
  'anthropic.tool_result.content',
  'output.value',
  'mlflow.spanOutputs',
  'langfuse.observation.output',
  'traceloop.entity.output',
  'haystack.agent.step.tool.output',
  'spring.ai.tool.call.result',
  'output',
  // LangSmith
  'gen_ai.completion',
];
/** What a span calls its kind, and how it says that it is the run of a tool. */
const KINDS: readonly (readonly [key: string, value: RegExp])[] = [
  ['spring.ai.kind', /^tool_call$/],
  ['gen_ai.operation.name', /^execute_tool$/],
  ['ai.operationId', /^ai\.toolCall$/],
  ['openinference.span.kind', /^TOOL$/i],
  ['traceloop.span.kind', /^tool$/],
  ['mlflow.spanType', /^"?TOOL"?$/],
  ['langfuse.observation.type', /^tool$/],
  // VoltAgent
  ['span.type', /^tool$/],
];
const SPAN_NAMES =
  /^(?:execute_tool\b|running tool\b|ai\.toolCall$|haystack\.agent\.step\.tool$|ruby_llm\.tool$|claude_code\.tool$)/;
const EVENT_NAMES = /(?:^|\.)tool_(?:result|call)$/;

/** That an agent hands over to another is told by a call to a tool, and by a span that is the run of none. */
const HANDOFF = /^hand-?off\b/i;
const TOOL_NAMES = ['gen_ai.tool.name', 'ai.toolCall.name', 'tool.name', 'tool_name'];

function isHandoff({ span, attributes }: SpanRecord): boolean {
  if (attributes.get('gen_ai.operation.type') === 'handoff') return true;
  return HANDOFF.test(span.name) && !TOOL_NAMES.some((key) => attributes.has(key));
}

export function isToolRun(record: SpanRecord): boolean {
  const { span, attributes } = record;
  if (isHandoff(record)) return false;
  const kind = KINDS.find(([key]) => attributes.has(key));
  if (kind?.[1].test(String(attributes.get(kind[0])))) return true;
  return SPAN_NAMES.test(span.name);
}

/** The tool that a run is of by the name of its span, where that is all that names it. */
function nameOf(spanName: string): string | undefined {
  const name = spanName.replace(/^(?:execute_tool|running tool)\b:?\s*/, '');
  return name === '' || SPAN_NAMES.test(name) ? undefined : cut(name, MAX_NAME);
}

/** Log records of coding agents that tell of the run of a tool. */
export function isToolEvent(name: string): boolean {
  return EVENT_NAMES.test(name);
}

export interface ToolRun {
  readonly call: Entry;
  /** Missing where nothing is known of it. */
  readonly result?: Entry;
}

export function readToolRun(
  record: Pick<EventRecord, 'attributes' | 'body'>,
  events: readonly EventRecord[],
  spanName = '',
): ToolRun {
  const get = lookup(record);
  const output = events.find(({ name }) => name === 'tool.output');
  const result = text(get, RESULTS) ?? (output && text(lookup(output), ['output', 'content', 'result']));
  const given = text(get, ARGUMENTS);
  const name = text(get, NAMES) ?? nameOf(spanName);
  const callId = text(get, CALL_IDS);
  const tool: Tool = { ...(name !== undefined && { name }), ...(callId !== undefined && { callId }) };
  return {
    call: bounded({ role: 'tool_call', tool: { ...tool, ...(given !== undefined && { arguments: given }) } }),
    ...(result !== undefined && { result: resultOf(result, tool) }),
  };
}

/** A result out of what frameworks wrap it in: a JSON string, `{"outputs": …}` of LangSmith, `{"output": …}` around a message of LangChain. */
function resultOf(text: string, tool: Tool): Entry {
  const parts = MAY_HAVE_MEDIA.test(text) ? partsOf(parseContainer(text)) : undefined;
  const [told] = parts === undefined ? [] : readMessages({ role: 'tool', content: parts }, 'tool');
  if (told?.media !== undefined) return { ...told, tool: { ...told.tool, ...tool } };
  const value = jsonValue(text);
  if (typeof value === 'string') return bounded({ role: 'tool_result', tool: { ...tool, result: value } });
  const [message, ...others] = isMessage(value) ? readMessages(value, 'tool') : [];
  if (message?.role === 'tool_result' && others.length === 0) {
    return { ...message, tool: { ...message.tool, ...tool } };
  }
  const result = value === undefined ? text : jsonText(value, MAX_TEXT);
  return bounded({ role: 'tool_result', tool: { ...tool, result } });
}

const MAY_HAVE_MEDIA = /"type"\s*:\s*"(?:image|audio|input_image|image_url|blob|file|document|resource)/;

/** The parts of a result: a list of them, or MCP's object with one. */
function partsOf(value: unknown): unknown {
  return isFields(value) ? field(value, 'content') : value;
}

/** What a text wraps, or undefined where it is the result itself. */
function jsonValue(text: string): unknown {
  if (text.startsWith('"') && text.endsWith('"')) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }
  const value = parseContainer(text);
  if (!isFields(value)) return undefined;
  const [name, ...others] = Object.keys(value);
  if (others.length === 0 && name === 'outputs') return field(value, name);
  const inner = others.length === 0 && name === 'output' ? field(value, name) : value;
  return isMessage(inner) ? inner : undefined;
}

/** A message of LangChain, or one that says that it is a tool's. */
function isMessage(value: unknown): boolean {
  return (
    isFields(value) &&
    (isFields(field(value, 'kwargs')) ? Array.isArray(field(value, 'id')) : field(value, 'role') === 'tool')
  );
}

function text(get: Lookup, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = get(key);
    if (value === undefined || value === null || value === '') continue;
    return typeof value === 'string' ? value : jsonText(value, MAX_TEXT);
  }
  return undefined;
}
