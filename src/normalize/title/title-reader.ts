import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from '../attributes.js';
import type { MessageSource } from '../dialects/dialect.js';
import { genAiMessages } from '../dialects/otel-genai.js';
import { GENAI_DIALECTS } from '../dialects/registry.js';
import type { TitleFacts, Usage } from '../facts.js';
import type { RecordContext } from '../normalizer.js';
import { firstMessage } from './first-message.js';
import { errorLine, errorShape, oneLine } from './one-line.js';

/** Reads what a record says about the title and the outcome of its session (S54, S55). */

/** Finds the first message of a user in the attributes of a record. */
type MessageReader = (attributes: AttributeView) => string | undefined;

/** Messages of flat attributes that are looked at: instructions may come before the user's. */
const FLAT_MESSAGES = [0, 1, 2];

const messageKey = (name: string): AttributeKey => attributeKey(name, KeyGroup.message);

const STATUS_TYPE = attributeKey('error.type', KeyGroup.exceptionText);

function readerOf(source: MessageSource): MessageReader | undefined {
  if ('event' in source) return undefined;
  if ('prefix' in source) return flatReader(source.prefix);
  if (source.role !== undefined && source.role !== 'user') return undefined;
  const key = messageKey(source.key);
  // Of these keys, text that names no role is the user's.
  return (attributes) => {
    const text = attributes.utf8(key);
    return text && firstMessage(text, true);
  };
}

function flatReader(prefix: string): MessageReader {
  const messages = FLAT_MESSAGES.map((i) => ({
    roles: [`${prefix}.${i}.role`, `${prefix}.${i}.message.role`].map(messageKey),
    contents: [
      ...[`${prefix}.${i}.content`, `${prefix}.${i}.message.content`, `${prefix}.${i}.user`],
      `${prefix}.${i}.message.contents.0.message_content.text`,
    ].map(messageKey),
  }));
  return (attributes) => {
    for (const { roles, contents } of messages) {
      const role = roles.map((key) => attributes.text(key)).find((text) => text !== undefined) ?? 'user';
      if (role !== 'user' && role !== 'human') continue;
      for (const key of contents) {
        const text = attributes.utf8(key);
        const found = text && firstMessage(text, true);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
}

function readersOf(sources: readonly MessageSource[]): readonly MessageReader[] {
  return sources.map(readerOf).filter((reader) => reader !== undefined);
}

const CONVENTIONS = readersOf(genAiMessages.input);

/** By dialect: its own sources, then those of OpenTelemetry's conventions. */
const READERS: ReadonlyMap<string, readonly MessageReader[]> = new Map(
  GENAI_DIALECTS.map(({ name, messages }) => [
    name,
    messages === undefined ? CONVENTIONS : [...readersOf(messages.input), ...CONVENTIONS],
  ]),
);

/** By the name of an event that is a message of a user: the keys of its content. */
const EVENTS: ReadonlyMap<string, readonly AttributeKey[]> = eventKeys();

function eventKeys(): Map<string, AttributeKey[]> {
  const events = new Map<string, AttributeKey[]>();
  const inputs = [...GENAI_DIALECTS.flatMap(({ messages }) => messages?.input ?? []), ...genAiMessages.input];
  for (const source of inputs) {
    if (!('event' in source) || (source.role ?? 'user') !== 'user') continue;
    const known = events.get(source.event) ?? [];
    const keys = (source.keys ?? ['content']).map(messageKey);
    events.set(source.event, [...new Set([...known, ...keys])]);
  }
  return events;
}

/** The message of an event of this name, if it is a user's. */
export function messageOfEvent(
  attributes: AttributeView,
  body: AttributeView | undefined,
  eventName: string,
): string | undefined {
  for (const key of EVENTS.get(eventName) ?? []) {
    const text = attributes.utf8(key) ?? body?.utf8(key);
    const found = text && firstMessage(text, true);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first message of a user in a record. `eventName` is empty for spans. */
export function messageOf(
  attributes: AttributeView,
  { body, isLog, eventMessage }: RecordContext,
  eventName: string,
  usage: Usage | undefined,
): string | undefined {
  const groups = isLog ? attributes.groups | body.groups : attributes.groups;
  if ((groups & KeyGroup.message) === 0) return eventMessage;
  const message = eventName === '' ? undefined : messageOfEvent(attributes, body, eventName);
  if (message !== undefined) return message;
  const readers = usage === undefined || usage.kind === 'sum' ? CONVENTIONS : READERS.get(usage.dialect);
  for (const reader of readers ?? CONVENTIONS) {
    const found = reader(attributes) ?? (isLog ? reader(body) : undefined);
    if (found !== undefined) return found;
  }
  return isLog ? undefined : eventMessage;
}

/** Names of spans repeat, so their facts do. */
const MOST_NAMES = 4_096;

/** Longer names are not kept, because they take memory and seldom repeat. UTF-16 units. */
const LONGEST_NAME = 256;

/** Facts of spans that are named by these. */
export class SpanTitles {
  readonly #roots = new Map<string, TitleFacts>();
  readonly #entries = new Map<string, TitleFacts>();

  /** Number of names that are kept. */
  get size(): number {
    return this.#roots.size + this.#entries.size;
  }

  /**
   * The facts of a span by its name: of a root, else of the first span of a service. Equal names give the
   * same object, as long as it is kept.
   */
  named(spanName: string, isRoot: boolean): TitleFacts | undefined {
    const all = isRoot ? this.#roots : this.#entries;
    let facts = all.get(spanName);
    if (facts === undefined) {
      const line = oneLine(spanName);
      if (line === undefined) return undefined;
      facts = isRoot ? { rootName: line } : { entryName: line };
      if (spanName.length > LONGEST_NAME) return facts;
      if (all.size === MOST_NAMES) all.clear();
      all.set(spanName, facts);
    }
    return facts;
  }
}

/** What failed, of a failed span that reports no exception. */
export function failureOf(
  attributes: AttributeView,
  context: RecordContext,
): Pick<TitleFacts, 'failure' | 'failureShape'> | undefined {
  const [type, message] = [attributes.text(STATUS_TYPE), context.statusMessage()];
  const failure = errorLine(type, message) ?? oneLine(context.spanName());
  if (failure === undefined) return undefined;
  const failureShape = errorShape(type, message) ?? failure;
  return failureShape === failure ? { failure } : { failure, failureShape };
}
