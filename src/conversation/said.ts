import type { MessageRole, MessageSource, MessageSources } from '../normalize/dialects/dialect.js';
import { genAiMessages } from '../normalize/dialects/otel-genai.js';
import { GENAI_DIALECTS } from '../normalize/dialects/registry.js';
import type { Entry } from './entry.js';
import { lookup } from './record.js';
import { attributeEntries, type ContentRecord, eventField, eventMessages } from './sources.js';

/**
 * Who says what in the messages of a record, whichever call, dialect and session it belongs to. Other than in a
 * conversation, all sources of messages are read, and nothing is left out as history.
 */

/** A text of a message. Neither reasoning nor calls and results of tools are said. */
export interface Said {
  readonly by: Exclude<MessageRole, 'tool'>;
  /** The key or the prefix of the attributes that have the message, or `body`. */
  readonly field: string;
  readonly text: string;
}

/** A source, and the role of messages that do not name theirs. */
interface Listed<Source> {
  readonly source: Source;
  readonly role: MessageRole;
}

type OfKind<Kind extends string> = Extract<MessageSource, { readonly [Name in Kind]: string }>;

const LISTED: readonly Listed<MessageSource>[] = [
  ...GENAI_DIALECTS.flatMap(({ messages }) => messages ?? []),
  genAiMessages,
].flatMap(({ system = [], input, output }: MessageSources) => [
  ...system.map((source) => ({ source, role: 'system' as const })),
  ...input.map((source) => ({ source, role: 'user' as const })),
  ...output.map((source) => ({ source, role: 'assistant' as const })),
]);
const BY_KEY = listedBy('key');
const BY_EVENT = listedBy('event');
const PREFIXES = [...listedBy('prefix')];

/** The sources of a kind by their name, each once. */
function listedBy<Kind extends 'key' | 'event' | 'prefix'>(
  kind: Kind,
): ReadonlyMap<string, readonly Listed<OfKind<Kind>>[]> {
  const byName = new Map<string, Map<string, Listed<OfKind<Kind>>>>();
  for (const { source, role } of LISTED) {
    if (!(kind in source)) continue;
    const named = source as OfKind<Kind>;
    const name = (named as unknown as Record<Kind, string>)[kind];
    const alike = byName.get(name) ?? new Map<string, Listed<OfKind<Kind>>>();
    byName.set(name, alike);
    const text = JSON.stringify([source, source.role ?? role]);
    if (!alike.has(text)) alike.set(text, { source: named, role });
  }
  return new Map([...byName].map(([name, alike]) => [name, [...alike.values()]]));
}

/** Of each attribute and event, every text of a speaker once. */
export function saidIn(record: ContentRecord): Said[] {
  const said = attributesSaid(record);
  for (const event of record.events) {
    const sources = BY_EVENT.get(event.name) ?? [];
    said.push(
      ...distinct(
        sources.flatMap(({ source, role }) =>
          saidBy(eventField(event, source), eventMessages(event, source, role)),
        ),
      ),
    );
  }
  return said;
}

function attributesSaid(record: ContentRecord): Said[] {
  const get = lookup(record);
  const keys = new Set([...record.attributes.keys(), ...fieldNames(record.body)]);
  const said: Said[] = [];
  const add = (field: string, sources: readonly Listed<OfKind<'key'> | OfKind<'prefix'>>[]): void => {
    said.push(
      ...distinct(
        sources.flatMap(({ source, role }) => saidBy(field, attributeEntries(record, get, source, role))),
      ),
    );
  };
  for (const key of keys) add(record.attributes.has(key) ? key : 'body', BY_KEY.get(key) ?? []);
  for (const [prefix, sources] of PREFIXES) {
    if ([...keys].some((key) => key.startsWith(prefix) && key[prefix.length] === '.')) add(prefix, sources);
  }
  return said;
}

function saidBy(field: string, entries: readonly Entry[]): Said[] {
  return entries.flatMap(({ role, text }) =>
    text === undefined || role === 'tool_call' || role === 'tool_result' ? [] : [{ by: role, field, text }],
  );
}

/** The first of those that are of the same speaker and text: several sources may read one place. */
function distinct(said: readonly Said[]): Iterable<Said> {
  const known = new Map<string, Said>();
  for (const each of said) {
    const key = `${each.by} ${each.text}`;
    if (!known.has(key)) known.set(key, each);
  }
  return known.values();
}

function fieldNames(body: ContentRecord['body']): readonly string[] {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
}
