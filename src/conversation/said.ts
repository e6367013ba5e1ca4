import type { MessageRole } from '../normalize/dialects/dialect.js';
import { isEmbeddingCall } from './embedding.js';
import type { Entry } from './entry.js';
import { parseContainer } from './json-value.js';
import { type LogRecord, lookup, type SpanRecord } from './record.js';
import { isMessageEvent, type PlacedEntries, readEventPlace, readPlaces } from './sources.js';
import { isToolRun } from './tools.js';

/**
 * Who says what in the messages of one record. Other than in a conversation, no other records are read, and
 * nothing is left out as history.
 */

/** A text of a message. Neither reasoning nor calls and results of tools are said. */
export interface Said {
  readonly by: Exclude<MessageRole, 'tool'>;
  /** The key or the prefix of the attributes that have the message, or `body`. */
  readonly field: string;
  readonly text: string;
}

/** What a record reports: a model call, a run around calls (an agent, a chain), or something else. */
export interface Reported {
  /** `unknown` if no dialect recognises the record. */
  readonly kind: 'call' | 'wrapper' | 'other' | 'unknown';
  readonly dialect?: string;
  readonly model?: string;
}

/** The texts of a span and its events. In an unknown span only names of OpenTelemetry's conventions have any. */
export function saidInSpan(record: SpanRecord, { kind, dialect, model }: Reported): Said[] {
  const isNobodys = kind === 'other' || isToolRun(record);
  if (isNobodys || isEmbeddingCall(model, record.span.name, lookup(record))) return [];
  return readPlaces(record, dialect).flatMap((placed) => saidBy(placed, kind === 'wrapper'));
}

/** The texts of a log record that reports a call or is a message. */
export function saidInLog(record: LogRecord, { kind, dialect, model }: Reported): Said[] {
  const isCall = kind === 'call';
  if (isCall && isEmbeddingCall(model, undefined, lookup(record))) return [];
  const isOfConventions = isMessageEvent(record.name) && record.name.startsWith('gen_ai.');
  const places =
    isCall || isOfConventions
      ? readPlaces({ ...record, events: [record] }, isCall ? dialect : undefined)
      : [readEventPlace(record) ?? []].flat();
  return places.flatMap((placed) => saidBy(placed, false));
}

/** `isProgram`: a program was run, and JSON that is no message is its input. */
function saidBy({ field, entries }: PlacedEntries, isProgram: boolean): Said[] {
  return entries.flatMap((entry: Entry): Said[] => {
    const { role, text } = entry;
    if (text === undefined || role === 'tool_call' || role === 'tool_result') return [];
    const isInput = isProgram && role === 'user' && parseContainer(text) !== undefined;
    return isInput || isCutJson(text) ? [] : [{ by: role, field, text }];
  });
}

/** A list or map, also within a JSON string. */
const JSON_BEGINNING = /^\s*(?:"\s*)?(?:\{\s*(?:\\?["}]|$)|\[\s*(?:\\?["{[]|$))/;

/** Whether a text begins as JSON and does not end as such: which roles its messages had is not known. */
function isCutJson(text: string): boolean {
  if (!JSON_BEGINNING.test(text)) return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}
