import { inOrder } from './by-rank.js';
import { genAiMessages } from './otel-genai.js';
import { DIALECTS, GENAI_DIALECTS } from './registry.js';

/** Where the content of model calls is: messages, prompts, answers, arguments and results of tools. */

const SOURCES = [...GENAI_DIALECTS.map(({ messages }) => messages), genAiMessages].flatMap((messages) =>
  messages === undefined ? [] : [...(messages.system ?? []), ...messages.input, ...messages.output],
);
const TOOLS = DIALECTS.map(({ conversation }) => conversation?.tools);

const KEYS: ReadonlySet<string> = new Set([
  ...SOURCES.flatMap((source) =>
    'key' in source ? [source.key] : 'event' in source ? (source.keys ?? []) : [],
  ),
  ...inOrder(TOOLS.map((tools) => tools?.arguments)),
  ...inOrder(TOOLS.map((tools) => tools?.results)),
]);
/** Keys of events with one message; elsewhere they mean anything. */
const GENERAL: ReadonlySet<string> = new Set([
  'content',
  'message',
  'body',
  'text',
  'data',
  'prompt',
  'response',
]);
const TOOL_KEYS: ReadonlySet<string> = new Set([
  ...inOrder(TOOLS.map((tools) => tools?.names)),
  ...inOrder(TOOLS.map((tools) => tools?.arguments)),
  ...inOrder(TOOLS.map((tools) => tools?.results)),
]);
const PREFIXES = SOURCES.flatMap((source) => ('prefix' in source ? [source.prefix] : []));
const EVENTS: ReadonlySet<string> = new Set(
  SOURCES.flatMap((source) => ('event' in source ? [source.event] : [])),
);

/** Whether the value under a key, or within a map under it, is content. */
export function isContentKey(path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const start = path.slice(0, end);
    if ((KEYS.has(start) && !GENERAL.has(start)) || PREFIXES.includes(start)) return true;
  }
  return false;
}

/** The same within an event that is a message. */
export function isMessageKey(path: string): boolean {
  return GENERAL.has(path.split('.', 1)[0]!);
}

/** Whether an event of this name is a message, so that its body is content. */
export function isMessageEvent(name: string): boolean {
  return EVENTS.has(name);
}

/** Whether an attribute has the name, arguments or result of a tool. */
export function isToolKey(key: string): boolean {
  return TOOL_KEYS.has(key);
}
