import type { Turn } from '../contract/conversation.js';
import type { ExceptionPage } from '../contract/exception.js';
import type { Facets } from '../contract/facets.js';
import type { SessionGroups } from '../contract/groups.js';
import type { Outline, OutlineColumns } from '../contract/outline.js';
import type { ScoreList } from '../contract/score.js';
import type { ScoreStatistics } from '../contract/score-statistics.js';
import type { Session } from '../contract/session.js';
import type { SessionStatistics } from '../contract/statistics.js';
import type { TextSearched } from '../contract/text-filter.js';
import type { Timeline } from '../contract/timeline.js';
import type { ErrorStatistics, ToolStatistics } from '../contract/tools-errors.js';
import type { SessionTop } from '../contract/top.js';
import type { TopCall, TopCalls } from '../contract/top-calls.js';
import type { TraceSessions } from '../contract/trace.js';
import type { SessionUsage } from '../contract/usage.js';
import type { VisitPageItem } from '../contract/visit.js';
import type { Visits } from '../contract/visits.js';
import type { EventItem } from './event-item.js';
import { stringifyExact } from './exact-json.js';
import type { Page } from './page.js';
import type { ScorePlace } from './query-service.js';
import type { SpanItem } from './span-item.js';
import type { TraceItem } from './trace-item.js';

/**
 * Encodes contract values as bytes of JSON. Lists of sessions reuse text of the store. Attributes may have
 * any value, so items with attributes are written by `stringifyExact`, which keeps all digits of big
 * integers.
 *
 * Every result has its own ArrayBuffer, so that it can be transferred to another thread.
 */

const encoder = new TextEncoder();

export function sessionJson(session: Session): Uint8Array {
  return encoder.encode(JSON.stringify(session));
}

/** The lines of `QueryService.changes`. */
export function changesText(
  items: readonly (Session | undefined)[],
  matches: readonly (readonly number[])[],
): Uint8Array {
  const lines = items.map((item) => (item === undefined ? '' : JSON.stringify(item)));
  return encoder.encode([...lines, JSON.stringify(matches)].join('\n'));
}

/** An item of a list of sessions in two parts: `start` from `listedItemStart`, and the stored fields after it. */
export interface ItemParts {
  readonly start: string;
  readonly fields: Uint8Array;
}

export function sessionPageJson(
  page: PageFields<ItemParts> & { readonly search?: TextSearched },
): Uint8Array {
  return bytesWithItems(page);
}

export function sessionTopJson(
  top: Omit<SessionTop, 'items'> & { readonly items: readonly ItemParts[] },
): Uint8Array {
  return bytesWithItems(top);
}

/** The calls of a `TopCalls`, each with its session in parts. */
type TopCallParts = Omit<TopCall, 'session'> & { readonly session: ItemParts };

export function topCallsJson({
  items,
  ...rest
}: Omit<TopCalls, 'items'> & { readonly items: readonly TopCallParts[] }): Uint8Array {
  const texts = items.map(({ session, ...call }) => {
    const fields = Buffer.from(session.fields).toString('utf8');
    return `{"session":${session.start}${fields}},${stringifyExact(call).slice(1)}`;
  });
  return encoder.encode(`{"items":[${texts.join(',')}],${JSON.stringify(rest).slice(1)}`);
}

/** Maximum number of UTF-8 bytes per UTF-16 code unit. */
const MOST_BYTES = 3;

/** Copies the stored fields of items unchanged, without decoding them. */
function bytesWithItems({ items, ...rest }: { readonly items: readonly ItemParts[] }): Uint8Array {
  const end = `],${JSON.stringify(rest).slice(1)}`;
  let most = MOST_BYTES * (end.length + 16);
  for (const { start, fields } of items) most += MOST_BYTES * start.length + fields.length + 2;
  const bytes = Buffer.allocUnsafeSlow(most);
  let at = bytes.write('{"items":[');
  for (const [i, { start, fields }] of items.entries()) {
    if (i > 0) bytes[at++] = COMMA;
    at += bytes.write(start, at);
    bytes.set(fields, at);
    at += fields.length;
    bytes[at++] = CLOSING_BRACE;
  }
  at += bytes.write(end, at);
  return bytes.subarray(0, at);
}

const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;

export function scoreListJson(scores: ScoreList): Uint8Array {
  return encoder.encode(JSON.stringify(scores));
}

export function scoreStatisticsJson(statistics: ScoreStatistics): Uint8Array {
  return encoder.encode(JSON.stringify(statistics));
}

export function toolStatisticsJson(statistics: ToolStatistics): Uint8Array {
  return encoder.encode(JSON.stringify(statistics));
}

export function errorStatisticsJson(statistics: ErrorStatistics): Uint8Array {
  return encoder.encode(JSON.stringify(statistics));
}

export function scorePlaceJson(place: ScorePlace): Uint8Array {
  return encoder.encode(JSON.stringify(place));
}

export function statisticsJson(statistics: SessionStatistics): Uint8Array {
  return encoder.encode(JSON.stringify(statistics));
}

export function timelineJson(timeline: Timeline): Uint8Array {
  return encoder.encode(JSON.stringify(timeline));
}

export function visitsJson(visits: Visits): Uint8Array {
  return encoder.encode(JSON.stringify(visits));
}

export function groupsJson(groups: SessionGroups): Uint8Array {
  return encoder.encode(JSON.stringify(groups));
}

export function facetsJson(facets: Facets): Uint8Array {
  return encoder.encode(JSON.stringify(facets));
}

export function outlineJson(outline: Outline | OutlineColumns): Uint8Array {
  return encoder.encode(JSON.stringify(outline));
}

export function traceSessionsJson(sessions: TraceSessions): Uint8Array {
  return encoder.encode(JSON.stringify(sessions));
}

export function spanJson(span: SpanItem): Uint8Array {
  return encoder.encode(stringifyExact(span));
}

export function usageJson(usage: SessionUsage): Uint8Array {
  return encoder.encode(stringifyExact(usage));
}

export function exceptionPageJson(page: ExceptionPage): Uint8Array {
  return encoder.encode(JSON.stringify(page));
}

export function traceJson(trace: TraceItem): Uint8Array {
  return encoder.encode(stringifyExact(trace));
}

export function tracePageJson(page: PageFields<TraceItem>): Uint8Array {
  return encoder.encode(stringifyExact(page));
}

export function eventPageJson(page: PageFields<EventItem>): Uint8Array {
  return encoder.encode(stringifyExact(page));
}

export function conversationPageJson(page: PageFields<Turn>): Uint8Array {
  return encoder.encode(stringifyExact(page));
}

export function visitPageJson(page: PageFields<VisitPageItem>): Uint8Array {
  return encoder.encode(stringifyExact(page));
}

/** A page with the contract's names. */
interface PageFields<Item> {
  items: Item[];
  has_more: boolean;
  next_cursor?: string;
  prev_cursor?: string;
}

export function pageFields<Stored, Item>(
  page: Page<Stored>,
  toItem: (stored: Stored) => Item,
  toText: (cursor: NonNullable<Page<Stored>['next']>) => string,
): PageFields<Item> {
  return {
    items: page.items.map(toItem),
    has_more: page.next !== undefined,
    ...(page.next && { next_cursor: toText(page.next) }),
    ...(page.prev && { prev_cursor: toText(page.prev) }),
  };
}
