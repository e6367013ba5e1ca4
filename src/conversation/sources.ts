import type { MessageRole, MessageSource, MessageSources } from '../normalize/dialects/dialect.js';
import { genAiMessages } from '../normalize/dialects/otel-genai.js';
import { GENAI_DIALECTS } from '../normalize/dialects/registry.js';
import type { AttributeValue } from '../otlp/read.js';
import type { Entry } from './entry.js';
import { readFlat } from './flat.js';
import { type Fields, field, isFields, parseContainer } from './json-value.js';
import { contentOf, readMessages } from './messages.js';
import { type EventRecord, isLogRecord, type LogRecord, type Lookup, lookup } from './record.js';

/** The messages of a call in a record. */
export interface Content {
  readonly input: readonly Entry[];
  readonly output: readonly Entry[];
  /** The events with these messages, if any. */
  readonly events: ReadonlySet<EventRecord>;
  /** Ranges of the input whose messages have no order of their own. */
  readonly unordered?: readonly Unordered[];
}

/** Messages without a known order: index of the first entry, and number of entries of each message. */
export interface Unordered {
  readonly start: number;
  readonly lengths: readonly number[];
}

/** A record with messages: a span with its events, or a log record, which is its own event. */
export interface ContentRecord {
  readonly attributes: EventRecord['attributes'];
  readonly body?: AttributeValue;
  readonly events: readonly EventRecord[];
}

type EventSource = Extract<MessageSource, { event: string }>;

/** This event contains lists of messages. All other events contain one message. */
const DETAILS = 'gen_ai.client.inference.operation.details';
/** Fields of an event with the tool of a message. */
const TOOL_FIELDS = [
  'id',
  'call_id',
  'tool_call_id',
  'toolCallId',
  'name',
  'tool_name',
  'tool_calls',
  'finish_reason',
];

/** The messages of a record, read by its dialect and then by OpenTelemetry's conventions. */
export function readContent(record: ContentRecord, dialect: string | undefined): Content {
  const own = GENAI_DIALECTS.find(({ name }) => name === dialect)?.messages;
  const events = new Set<EventRecord>();
  const read = (list: keyof MessageSources, role: MessageRole): Entry[] =>
    readFirst(record, sourcesOf(own, list), role, events);
  const system = read('system', 'system');
  const lengths = new Map<LogRecord, number>();
  const input = withCalls(readFirst(record, sourcesOf(own, 'input'), 'user', events, lengths));
  const output = read('output', 'assistant');
  const unordered = unorderedIn(lengths, system.length);
  return {
    input: [...system, ...input],
    output,
    events,
    ...(unordered.length > 0 && { unordered }),
  };
}

/** Sources by dialect: they are asked for with every record. */
const SOURCES = new Map<MessageSources | undefined, Map<keyof MessageSources, readonly MessageSource[]>>();

function sourcesOf(own: MessageSources | undefined, list: keyof MessageSources): readonly MessageSource[] {
  let lists = SOURCES.get(own);
  if (lists === undefined) {
    lists = new Map();
    SOURCES.set(own, lists);
  }
  let sources = lists.get(list);
  if (sources === undefined) {
    sources = bothSources(own, list);
    lists.set(list, sources);
  }
  return sources;
}

/** Those of a dialect, and behind them those of OpenTelemetry's conventions. */
function bothSources(own: MessageSources | undefined, list: keyof MessageSources): readonly MessageSource[] {
  const first = own?.[list] ?? [];
  // Keys in both lists would be read twice where attributes of the output are combined.
  const keys = new Set(first.map((source) => ('key' in source ? source.key : undefined)));
  const others = (genAiMessages[list] ?? []).filter((source) => !('key' in source && keys.has(source.key)));
  return [...new Set([...first, ...others])];
}

/** Gives results of tools without an id the id and name of the first earlier call that has no result yet. */
function withCalls(entries: readonly Entry[]): Entry[] {
  const open: Entry[] = [];
  return entries.map((entry) => {
    if (entry.role === 'tool_call') open.push(entry);
    if (entry.role !== 'tool_result') return entry;
    const { callId, name } = entry.tool ?? {};
    const at = open.findIndex(({ tool }) =>
      callId === undefined ? name === undefined || tool?.name === name : tool?.callId === callId,
    );
    if (at < 0) return entry;
    const [call] = open.splice(at, 1);
    if (callId !== undefined) return entry;
    const { name: asked, callId: id } = call!.tool ?? {};
    return {
      ...entry,
      tool: {
        ...entry.tool,
        ...(asked !== undefined && { name: asked }),
        ...(id !== undefined && { callId: id }),
      },
    };
  });
}

/** Adjacent log records of the same time that have no positions. */
function unorderedIn(lengths: ReadonlyMap<LogRecord, number>, start: number): Unordered[] {
  const stretches: { start: number; timeNs: bigint; lengths: number[] }[] = [];
  let at = start;
  for (const [{ timeNs, place }, length] of lengths) {
    const last = stretches.at(-1);
    if (place === undefined) {
      if (last?.timeNs === timeNs) last.lengths.push(length);
      else stretches.push({ start: at, timeNs, lengths: [length] });
    }
    at += length;
  }
  return stretches
    .filter(({ lengths }) => lengths.length > 1)
    .map(({ start, lengths }) => ({ start, lengths }));
}

function readFirst(
  record: ContentRecord,
  sources: readonly MessageSource[],
  fallback: MessageRole,
  used: Set<EventRecord>,
  lengths?: Map<LogRecord, number>,
): Entry[] {
  const get = lookup(record);
  for (const together of groupsOf(sources, fallback)) {
    const entries =
      'event' in together[0]!
        ? eventEntries(record.events, together as EventSource[], fallback, used, lengths)
        : together.flatMap((other) =>
            'event' in other ? [] : attributeEntries(record, get, other, fallback),
          );
    if (entries.length > 0) return entries;
  }
  return [];
}

/** The sources of a list in the order in which they are tried: those of one group are read together. */
function* groupsOf(
  sources: readonly MessageSource[],
  fallback: MessageRole,
): Generator<readonly MessageSource[]> {
  const read = new Set<MessageSource>();
  for (const source of sources) {
    if (read.has(source)) continue;
    const together = sources.filter((other) => other === source || belongTogether(source, other, fallback));
    for (const other of together) read.add(other);
    yield together;
  }
}

/** Messages, and where they are. */
export interface PlacedEntries {
  /** The key or the prefix of the attributes that have them, or `body`. */
  readonly field: string;
  readonly entries: readonly Entry[];
}

/** The same messages of a record as `readContent`, with their places. */
export function readPlaces(record: ContentRecord, dialect: string | undefined): PlacedEntries[] {
  const own = GENAI_DIALECTS.find(({ name }) => name === dialect)?.messages;
  return LISTS.flatMap(([list, role]) => firstPlaces(record, sourcesOf(own, list), role));
}

const LISTS: readonly (readonly [list: keyof MessageSources, role: MessageRole])[] = [
  ['system', 'system'],
  ['input', 'user'],
  ['output', 'assistant'],
];

function firstPlaces(
  record: ContentRecord,
  sources: readonly MessageSource[],
  role: MessageRole,
): PlacedEntries[] {
  const get = lookup(record);
  for (const together of groupsOf(sources, role)) {
    const places =
      'event' in together[0]!
        ? record.events.flatMap((event) => eventPlace(event, together as EventSource[], role) ?? [])
        : together.flatMap((source) =>
            'event' in source
              ? []
              : { field: fieldNamed(record, source), entries: attributeEntries(record, get, source, role) },
          );
    if (places.some(({ entries }) => entries.length > 0)) return places;
  }
  return [];
}

function fieldNamed({ attributes }: ContentRecord, source: Exclude<MessageSource, EventSource>): string {
  if ('prefix' in source) return source.prefix;
  return attributes.has(source.key) ? source.key : 'body';
}

function eventPlace(
  event: EventRecord,
  sources: readonly EventSource[],
  role: MessageRole,
): PlacedEntries | undefined {
  const source = sources.find(({ event: name }) => name === event.name);
  return source && { field: eventField(event, source), entries: eventMessages(event, source, role) };
}

function belongTogether(a: MessageSource, b: MessageSource, list: MessageRole): boolean {
  if ('event' in a) return 'event' in b && (a.event === DETAILS) === (b.event === DETAILS);
  return list === 'assistant' && 'key' in a && 'key' in b && a.key !== b.key && siblings(a.key, b.key);
}

function siblings(a: string, b: string): boolean {
  const [end, otherEnd] = [a.lastIndexOf('.'), b.lastIndexOf('.')];
  return end > 0 && a.slice(0, end).endsWith('response') && a.slice(0, end) === b.slice(0, otherEnd);
}

/** The messages of one attribute, or of the attributes with a prefix. `fallback` is the role of those that name none. */
function attributeEntries(
  record: Pick<ContentRecord, 'attributes'>,
  get: Lookup,
  source: Exclude<MessageSource, EventSource>,
  fallback: MessageRole,
): readonly Entry[] {
  if ('prefix' in source) {
    const list = readFlat(record.attributes, source.prefix);
    return list === undefined ? [] : readMessages(list, source.role ?? fallback);
  }
  const value = source.field === undefined ? get(source.key) : fieldOf(get(source.key), source.field);
  if (value === undefined || value === null) return [];
  if (typeof value === 'string' && NOTHING_SAID.test(value)) return [];
  const texts = source.texts && textsOf(value);
  const role = source.role ?? fallback;
  if (source.answers !== undefined) return halfOf(value, role, source.answers);
  return readMessages(texts ? { content: texts } : value, role);
}

function fieldOf(value: unknown, name: string): unknown {
  const container = typeof value === 'string' ? parseContainer(value) : value;
  return isFields(container) ? field(container, name) : undefined;
}

/**
 * The question or the answer of a list that contains both. The answer is the last series of assistant
 * messages, with their tool calls.
 */
function halfOf(value: unknown, role: MessageRole, answers: boolean): readonly Entry[] {
  const list = typeof value === 'string' ? parseContainer(value) : value;
  if (!Array.isArray(list)) return [];
  const entries = readMessages(list, role);
  const asked =
    1 + entries.findLastIndex((entry) => entry.role !== 'assistant' && entry.role !== 'tool_call');
  return answers ? entries.slice(asked) : entries.slice(0, asked);
}

function textsOf(value: unknown): readonly string[] | undefined {
  const list = typeof value === 'string' ? parseContainer(value) : value;
  return Array.isArray(list) && list.every((text) => typeof text === 'string') ? list : undefined;
}

function eventEntries(
  events: readonly EventRecord[],
  sources: readonly EventSource[],
  fallback: MessageRole,
  used: Set<EventRecord>,
  lengths: Map<LogRecord, number> | undefined,
): Entry[] {
  return events.flatMap((event) => {
    // The dialect's own source has precedence.
    const source = sources.find(({ event: name }) => name === event.name);
    const entries = source === undefined ? [] : eventMessages(event, source, fallback);
    if (entries.length > 0) {
      used.add(event);
      if (isLogRecord(event)) lengths?.set(event, entries.length);
    }
    return entries;
  });
}

/** The attribute of an event that has its message, else `body`. */
function eventField(event: EventRecord, { keys }: EventSource): string {
  const key = contentKey(lookup(event), keys);
  return key !== undefined && event.attributes.has(key) ? key : 'body';
}

function contentKey(get: Lookup, keys: readonly string[] | undefined): string | undefined {
  return keys?.find((key) => {
    const value = get(key);
    return value !== undefined && value !== null && value !== '';
  });
}

/** The message of an event: the values of its keys, with the event's other facts, or its body. */
function eventMessages(event: EventRecord, { role = 'user', keys }: EventSource, list: MessageRole): Entry[] {
  const get = lookup(event);
  const ofRole = list === 'assistant' && role === 'user' ? 'assistant' : role;
  const key = contentKey(get, keys);
  const content = key === undefined ? undefined : get(key);
  const fields: Fields = Object.fromEntries(
    TOOL_FIELDS.map((name) => [name, contentOf(get(name))]).filter(([, value]) => value !== undefined),
  );
  if (content !== undefined) {
    const message = contentOf(content);
    if (isFields(message) || event.name === DETAILS) {
      return readMessages(isFields(message) ? { ...fields, ...message } : message, ofRole);
    }
    return readMessages({ role: ofRole, ...fields, content: message }, ofRole);
  }
  const body = typeof event.body === 'string' ? (parseContainer(event.body) ?? event.body) : event.body;
  const whole = isFields(body) ? body : undefined;
  if (whole !== undefined)
    return keys === undefined || hasMessage(whole) ? readMessages({ role: ofRole, ...whole }, ofRole) : [];
  if (
    typeof body === 'string' &&
    body.trim() !== '' &&
    event.name.startsWith('gen_ai.') &&
    event.name !== DETAILS
  ) {
    return readMessages({ role: ofRole, ...fields, content: body }, ofRole);
  }
  if (Object.hasOwn(fields, 'tool_calls')) return readMessages({ role: ofRole, ...fields }, ofRole);
  if (keys !== undefined) return [];
  return readMessages(event.body ?? { role: ofRole, ...Object.fromEntries(event.attributes) }, ofRole);
}

function hasMessage(fields: Fields): boolean {
  return ['content', 'message', 'parts', 'tool_calls'].some((name) => Object.hasOwn(fields, name));
}

/** Events that are one message each, with their list in the dialects. */
const MESSAGE_EVENTS: ReadonlyMap<string, { readonly source: EventSource; readonly list: MessageRole }> =
  new Map(
    [...GENAI_DIALECTS.flatMap(({ messages }) => (messages === undefined ? [] : [messages])), genAiMessages]
      .flatMap(({ system = [], input, output }) => [
        ...system.map((source) => ({ source, list: 'system' as const })),
        ...input.map((source) => ({ source, list: 'user' as const })),
        ...output.map((source) => ({ source, list: 'assistant' as const })),
      ])
      .filter(
        (one): one is { source: EventSource; list: 'system' | 'user' | 'assistant' } => 'event' in one.source,
      )
      .filter(({ source }) => source.event !== DETAILS)
      .map((one) => [one.source.event, one]),
  );

export function isMessageEvent(name: string): boolean {
  return MESSAGE_EVENTS.has(name) || name === DETAILS;
}

/** Empty JSON, where messages are JSON. */
const NOTHING_SAID = /^\s*(?:\[\s*\]|\{\s*\}|null)\s*$/;
const ROLE_ORDER: readonly MessageRole[] = ['system', 'user', 'assistant', 'tool'];

/**
 * Order of log records: by time, then by position, then by kind, then by id. The order of kinds is:
 * instructions, messages of users, models and tools, the answer with its number, others. The order of arrival
 * does not matter.
 */
export function compareLogs(a: LogRecord, b: LogRecord): number {
  return (
    compare(a.timeNs, b.timeNs) ||
    compare(a.place ?? Number.POSITIVE_INFINITY, b.place ?? Number.POSITIVE_INFINITY) ||
    compare(rankOf(a), rankOf(b)) ||
    compare(choiceOf(a), choiceOf(b)) ||
    compare(a.id, b.id)
  );
}

function rankOf({ name }: LogRecord): number {
  const known = MESSAGE_EVENTS.get(name);
  if (known === undefined) return ROLE_ORDER.length + 1;
  if (known.list === 'assistant') return ROLE_ORDER.length;
  return ROLE_ORDER.indexOf(known.source.role ?? known.list);
}

function choiceOf(log: LogRecord): number {
  const index = lookup(log)('index');
  return typeof index === 'number' ? index : 0;
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The message of an event that is one, with its place. */
export function readEventPlace(event: EventRecord): PlacedEntries | undefined {
  const known = MESSAGE_EVENTS.get(event.name);
  return known && eventPlace(event, [known.source], known.list);
}

/** The entries of a log record that is one message. */
export function readEventMessage(event: EventRecord): { entries: Entry[]; isOutput: boolean } {
  const known = MESSAGE_EVENTS.get(event.name);
  if (known === undefined) return { entries: [], isOutput: false };
  return { entries: eventMessages(event, known.source, known.list), isOutput: known.list === 'assistant' };
}
