import type { ByRank } from '../normalize/dialects/by-rank.js';
import { fromAll } from '../normalize/dialects/registry.js';
import type { ToolTerms } from '../normalize/dialects/terms.js';
import { cut, type Entry, MAX_NAME, MAX_TEXT, type Tool } from './entry.js';
import { field, isFields, jsonText, parseContainer } from './json-value.js';
import { bounded, readMessages } from './messages.js';
import { type EventRecord, type Lookup, lookup, type SpanRecord } from './record.js';

const toolTerms = <T>(of: (tools: ToolTerms) => ByRank<T> | undefined): readonly T[] =>
  fromAll(({ conversation }) => conversation?.tools && of(conversation.tools));

/** Only tool runs have these. */
const TOOL_NAMES = toolTerms(({ names }) => names);
const NAMES = [...TOOL_NAMES, ...toolTerms(({ looseNames }) => looseNames)];
const CALL_IDS = toolTerms(({ callIds }) => callIds);
const ARGUMENTS = toolTerms((tools) => tools.arguments);
const RESULTS = toolTerms(({ results }) => results);
/** Attributes with the kind of a span, and their values for tool runs. */
const KINDS = toolTerms(({ kinds }) => kinds);
const SPAN_NAMES = toolTerms(({ spans }) => spans && [spans]);
/** Prefixes of span names before the name of the tool. */
const BEFORE_NAME = toolTerms(({ beforeName }) => beforeName && [beforeName]);
const RESULT_EVENTS = toolTerms(({ resultEvent }) => resultEvent && [resultEvent]);
const HANDOFFS = toolTerms(({ handoff }) => handoff && [handoff]);

/** In messages, a hand-off from one agent to another is a tool call. Its span is not a tool run. */
const HANDOFF = /^hand-?off\b/i;

function isHandoff({ span, attributes }: SpanRecord): boolean {
  if (HANDOFFS.some(({ key, value }) => attributes.get(key) === value)) return true;
  return HANDOFF.test(span.name) && !TOOL_NAMES.some((key) => attributes.has(key));
}

export function isToolRun(record: SpanRecord): boolean {
  const { span, attributes } = record;
  if (isHandoff(record)) return false;
  const kind = KINDS.find(({ key }) => attributes.has(key));
  if (kind?.value.test(String(attributes.get(kind.key)))) return true;
  return isToolSpan(span.name);
}

function isToolSpan(name: string): boolean {
  return SPAN_NAMES.some((pattern) => pattern.test(name));
}

/** The tool's name in the span name, if nothing else names it. */
function nameOf(spanName: string): string | undefined {
  const before = BEFORE_NAME.map((pattern) => pattern.exec(spanName)?.[0]).find((text) => text !== undefined);
  const name = spanName.slice(before?.length ?? 0);
  return name === '' || isToolSpan(name) ? undefined : cut(name, MAX_NAME);
}

export interface ToolRun {
  readonly call: Entry;
  /** Missing if nothing is known of it. */
  readonly result?: Entry;
}

export function readToolRun(
  record: Pick<EventRecord, 'attributes' | 'body'>,
  events: readonly EventRecord[],
  spanName = '',
): ToolRun {
  const get = lookup(record);
  const result = text(get, RESULTS) ?? resultIn(events);
  const given = text(get, ARGUMENTS);
  const name = text(get, NAMES) ?? nameOf(spanName);
  const callId = text(get, CALL_IDS);
  const tool: Tool = { ...(name !== undefined && { name }), ...(callId !== undefined && { callId }) };
  return {
    call: bounded({ role: 'tool_call', tool: { ...tool, ...(given !== undefined && { arguments: given }) } }),
    ...(result !== undefined && { result: resultOf(result, tool) }),
  };
}

/** The result in an event of the span. */
function resultIn(events: readonly EventRecord[]): string | undefined {
  for (const { name, keys } of RESULT_EVENTS) {
    const event = events.find((each) => each.name === name);
    const result = event && text(lookup(event), keys);
    if (result !== undefined) return result;
  }
  return undefined;
}

/**
 * A result without the wrappers of frameworks: a JSON string, `{"outputs": …}` of LangSmith, `{"output": …}`
 * around a message of LangChain.
 */
function resultOf(text: string, tool: Tool): Entry {
  const parts = MAY_HAVE_MEDIA.test(text) ? partsOf(parseContainer(text)) : undefined;
  const [withMedia] = parts === undefined ? [] : readMessages({ role: 'tool', content: parts }, 'tool');
  if (withMedia?.media !== undefined) return { ...withMedia, tool: { ...withMedia.tool, ...tool } };
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

/** The parts of a result: a list, or MCP's object with a list. */
function partsOf(value: unknown): unknown {
  return isFields(value) ? field(value, 'content') : value;
}

/** The value inside of a wrapper, or undefined if the text is the result itself. */
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

/** A message of LangChain, or one whose role is tool. */
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
