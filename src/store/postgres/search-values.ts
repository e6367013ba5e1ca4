import { Listing } from '../contract/listing.js';
import type { ListedSession, SortAmount } from '../contract/session.js';
import { NUMBERS } from '../search/conditions.js';
import { SORTED_BY } from '../search/ranked.js';
import type { ColumnKind, ColumnValues, IndexedValue } from '../search/search-rows.js';
import { type Row, textOf } from './statement.js';

/** What lists and counts read of a session's row, and how a row is decoded. */

/** What a list shows of a session. */
export const LISTED_COLUMNS = `s.start_ns, s.id, s.last_ns, s.invalidated, s.listing = ${Listing.ended},
  s.counts || CASE s.traits WHEN '' THEN '' ELSE ',' || s.traits END`;

/** How many they are. */
export const LISTED_LENGTH = 6;

export const SUMS = '(SELECT t.sums FROM session_state AS t WHERE t.no = s.no)';
const GAPS = 's.unpriced, s.unreported';

function amountColumns(sort: SortAmount): string {
  return `s.no, ${SORTED_BY[sort]}, s.start_ns, ${GAPS}`;
}

/** What is read of a session for its `ColumnValues`. */
export const COLUMNS: Record<ColumnKind, string> = {
  start: 's.no, s.start_ns',
  user: 's.no, s.user_id',
  statistics: `s.no, ${NUMBERS.durationNs}, s.last_ns, s.listing = ${Listing.ended}, s.has_errors, s.span_count, ${GAPS},
    s.device, s.country, s.user_id`,
  timeline: `s.no, s.start_ns, s.has_errors, CASE WHEN s.unpriced IS NOT NULL THEN ${SUMS} END`,
  cost: amountColumns('cost'),
  duration: amountColumns('duration'),
  lastActivity: amountColumns('lastActivity'),
  tokens: amountColumns('tokens'),
  errors: amountColumns('errors'),
  calls: `s.no, s.start_ns, CASE WHEN s.unpriced IS NOT NULL THEN ${SUMS} END, ${GAPS}`,
  scores: `s.no, CASE WHEN strpos(s.counts, '"scores":') > 0 THEN ${SUMS} END`,
  reported: `s.no, s.start_ns, s.last_ns, ${SUMS}`,
  groups: `s.no, ${NUMBERS.durationNs}, s.has_errors, s.device, s.country, s.user_id, ${SUMS},
    CASE WHEN strpos(s.traits, '"release":') > 0 THEN s.traits END`,
  visits: `s.no, s.has_errors,
    CASE WHEN strpos(s.counts, '"visit":') > 0 OR strpos(s.counts, '"vitals":') > 0 OR strpos(s.counts, '"exception_count":') > 0
      THEN ${SUMS} END,
    CASE WHEN strpos(s.traits, '"release":') > 0 THEN s.traits END`,
};

const amounts = ([no, amount, startNs, unpriced, unreported]: Row): ColumnValues['cost'] => [
  Number(no),
  amount === null ? null : String(amount),
  String(startNs),
  numberOf(unpriced),
  numberOf(unreported),
];

/** The values of such a row. */
export const VALUES: { readonly [Kind in ColumnKind]: (row: Row) => ColumnValues[Kind] } = {
  start: ([no, startNs]) => [Number(no), ...secondsOf(startNs)],
  user: ([no, user]) => [Number(no), stringOf(user)],
  statistics: ([
    no,
    durationNs,
    lastNs,
    closed,
    errors,
    spans,
    unpriced,
    unreported,
    device,
    country,
    user,
  ]) => [
    Number(no),
    ...secondsOf(durationNs),
    ...secondsOf(lastNs),
    Number(closed),
    Number(errors),
    Number(spans),
    numberOf(unpriced),
    numberOf(unreported),
    stringOf(device),
    stringOf(country),
    stringOf(user),
  ],
  timeline: ([no, startNs, errors, sums]) => [
    Number(no),
    ...secondsOf(startNs),
    Number(errors),
    sums as string | null,
  ],
  cost: amounts,
  duration: amounts,
  lastActivity: amounts,
  tokens: amounts,
  errors: amounts,
  calls: ([no, startNs, sums, unpriced, unreported]) => [
    Number(no),
    String(startNs),
    sums as string | null,
    numberOf(unpriced),
    numberOf(unreported),
  ],
  scores: ([no, sums]) => [Number(no), sums as string | null],
  reported: ([no, startNs, lastNs, sums]) => [
    Number(no),
    ...secondsOf(startNs),
    ...secondsOf(lastNs),
    sums as string,
  ],
  groups: ([no, durationNs, errors, device, country, user, sums, traits]) => [
    Number(no),
    ...secondsOf(durationNs),
    Number(errors),
    stringOf(device),
    stringOf(country),
    stringOf(user),
    sums as string,
    traits as string | null,
  ],
  visits: ([no, errors, sums, traits]) => [
    Number(no),
    Number(errors),
    sums as string | null,
    traits as string | null,
  ],
};

const encoder = new TextEncoder();

const HAS_ENDED = { hasEnded: true } as const;

export function listedSession([startNs, id, lastNs, invalidated, ended, fields]: Row): ListedSession {
  return {
    id: textOf(id),
    startNs: startNs as bigint,
    lastNs: lastNs as bigint,
    invalidated: invalidated as boolean,
    // What was invalidated is listed as ended, too.
    ...(ended === true && invalidated === false && HAS_ENDED),
    fields: encoder.encode(fields as string),
  };
}

export function indexedValue([no, value, count]: Row): IndexedValue {
  return { no: no as bigint, value: textOf(value), count: Number(count) };
}

const SECOND_NS = 1_000_000_000n;

function secondsOf(ns: unknown): [seconds: number, nanos: number] {
  return [Number((ns as bigint) / SECOND_NS), Number((ns as bigint) % SECOND_NS)];
}

function numberOf(value: unknown): number | null {
  return value === null ? null : Number(value);
}

function stringOf(bytes: unknown): string | null {
  return bytes === null ? null : textOf(bytes);
}
