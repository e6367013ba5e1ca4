import { SCORE_TARGETS, type Score, type ScoreTarget } from '../contract/score.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import {
  givenInstant,
  MAX_SCORE_ID,
  MAX_SCORE_LABEL,
  MAX_SCORE_NAME,
  MAX_SCORE_VALUE,
  OWN_SCORE,
  SCORE,
  SENDER_SCORE,
} from '../normalize/score-terms.js';
import type { Attribute, AttributeValue, LogRecordView } from '../otlp/read.js';
import { versionKey } from '../sessionize/scores.js';
import type { StoredEvent } from '../store/contract/event.js';
import { given } from './given.js';

/** A score as a log record reports it. */
interface ReportedScore {
  readonly item: Score;
  /** `versionKey`. Undefined if it cannot be replaced. */
  readonly key: string | undefined;
  /** Of a score without an id, and of a version without a time: 0. */
  readonly givenNs: bigint;
  readonly shownNs: bigint;
  /** The digest of its log record. */
  readonly record: string;
  readonly isDeleted: boolean;
}

/**
 * The scores of a session from their log records: of the records with one id the latest counts, as in the fold
 * (S81). By the time at which they were given, then by id.
 */
export function scoreItems(events: readonly StoredEvent[]): Score[] {
  const { named, unnamed } = reportedScores(events);
  return [...unnamed, ...[...named.values()].filter(({ isDeleted }) => !isDeleted)]
    .sort(inTime)
    .map(({ item }) => item);
}

/** When the latest version of a score was given, also one that deleted it; nanoseconds since 1970. */
export function latestGiven(events: readonly StoredEvent[], scoreId: string): bigint {
  return reportedScores(events).named.get(versionKey({ id: scoreId }))?.givenNs ?? 0n;
}

/** The latest version of each score with an id, and the scores without. */
function reportedScores(events: readonly StoredEvent[]) {
  const named = new Map<string, ReportedScore>();
  const unnamed: ReportedScore[] = [];
  for (const event of events) {
    if (event.kind !== 'log') continue;
    const score = reported(event.log, event.position.id, event.position.timeNs);
    if (score === undefined) continue;
    if (score.key === undefined) {
      unnamed.push(score);
      continue;
    }
    const known = named.get(score.key);
    if (known === undefined || isLater(score, known)) named.set(score.key, score);
  }
  return { named, unnamed };
}

function isLater(a: ReportedScore, b: ReportedScore): boolean {
  return a.givenNs === b.givenNs ? a.record > b.record : a.givenNs > b.givenNs;
}

function inTime(a: ReportedScore, b: ReportedScore): number {
  if (a.shownNs !== b.shownNs) return a.shownNs < b.shownNs ? -1 : 1;
  return a.item.id < b.item.id ? -1 : 1;
}

function reported(log: LogRecordView, record: string, timeNs: bigint): ReportedScore | undefined {
  const text = (key: string, most?: number): string | undefined =>
    textOf(lastOf(log.attributes, key))?.slice(0, most);
  const name = text(SCORE.name, MAX_SCORE_NAME);
  if (name === undefined) return undefined;
  const id = text(OWN_SCORE.id, MAX_SCORE_ID);
  const senderId = id === undefined ? text(SENDER_SCORE.id, MAX_SCORE_ID) : undefined;
  const isNamed = id !== undefined || senderId !== undefined;
  const terms = senderId === undefined ? OWN_SCORE : SENDER_SCORE;
  const givenNs = isNamed ? givenInstant(text(terms.given)) : 0n;
  const shownNs = givenNs === 0n ? timeNs : givenNs;
  const target = targetOf(log, text(terms.target));
  const value = numberOf(lastOf(log.attributes, SCORE.value));
  return {
    item: {
      id: id ?? record,
      name,
      ...given('value', value),
      ...given('label', text(SCORE.label, MAX_SCORE_LABEL)),
      ...given('comment', text(SCORE.comment)),
      ...given('source', text(OWN_SCORE.source)),
      ...given('author', text(OWN_SCORE.author)),
      given_at: formatRfc3339(shownNs),
      target,
      ...(target !== 'session' && given('trace_id', log.trace_id)),
      ...(target !== 'session' && target !== 'trace' && given('span_id', log.span_id)),
      ...given('turn', text(terms.turn)),
      ...(id === undefined && { is_telemetry: true as const }),
    },
    givenNs,
    shownNs,
    record,
    key: isNamed
      ? versionKey(senderId === undefined ? { id: id! } : { id: senderId, isOfSender: true })
      : undefined,
    isDeleted: isNamed && String(lastOf(log.attributes, terms.deleted)) === 'true',
  };
}

/** Whether a log record is a version of a score as the API writes them. */
export function isOwnScore(event: StoredEvent): boolean {
  return event.kind === 'log' && textOf(lastOf(event.log.attributes, OWN_SCORE.id)) !== undefined;
}

/** What a record is about that does not say so: the span that it names, else its trace. */
function targetOf({ trace_id, span_id }: LogRecordView, named: string | undefined): ScoreTarget {
  const known = SCORE_TARGETS.find((target) => target === named);
  if (known !== undefined) return known;
  return span_id !== undefined ? 'span' : trace_id !== undefined ? 'trace' : 'session';
}

/** The last of several attributes with the key counts, as in the fold. */
function lastOf(attributes: readonly Attribute[], key: string): AttributeValue | undefined {
  return attributes.findLast((each) => each.key === key)?.value;
}

function textOf(value: AttributeValue | undefined): string | undefined {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function numberOf(value: AttributeValue | undefined): number | undefined {
  if (typeof value === 'string' && !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value))
    return undefined;
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string') return undefined;
  const number = Number(value);
  return Math.abs(number) <= MAX_SCORE_VALUE ? number : undefined;
}
