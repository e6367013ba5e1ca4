/**
 * Scores: results of evaluations and feedback of people, as OpenTelemetry reports them: log records with the
 * event name `gen_ai.evaluation.result`. Scores that are given by the API are such records too, with a few
 * attributes more (docs/decisions/026-scores.md).
 */

export const SCORE_EVENT = 'gen_ai.evaluation.result';

/** The attributes of OpenTelemetry's convention for GenAI. */
export const SCORE = {
  name: 'gen_ai.evaluation.name',
  value: 'gen_ai.evaluation.score.value',
  label: 'gen_ai.evaluation.score.label',
  comment: 'gen_ai.evaluation.explanation',
} as const;

/** The attributes of scores that were given by the API. */
export const OWN_SCORE = {
  /** The id of the score in its session. Of records with the same id the latest counts. */
  id: 'sojourn.score.id',
  /** When it was given, nanoseconds since 1970, in decimal digits. */
  given: 'sojourn.score.given_unix_nano',
  /** Who or what gave it. */
  source: 'sojourn.score.source',
  /** The actor of the request, as in the audit log. */
  author: 'sojourn.score.author',
  /** `session`, `trace`, `span` or `turn`: the record names a trace where it only says in which session it is. */
  target: 'sojourn.score.target',
  /** The turn of a conversation. */
  turn: 'sojourn.score.turn',
  /** true: the score of this id was deleted. */
  deleted: 'sojourn.score.deleted',
} as const;

/** What the names of `OWN_SCORE` begin with. */
export const OWN_SCORE_PREFIX = 'sojourn.score.';

/**
 * The same of scores that came with a key without the scope `score`, such as every key for browsers. The receiver
 * renames the attributes of `OWN_SCORE`, so that such scores have ids of their own, and replace and delete each other
 * only. Who gave them is not believed. As long as `OWN_SCORE_PREFIX`.
 */
export const SENDER_SCORE_PREFIX = 'browser.score.';

export const SENDER_SCORE = {
  id: ofSender(OWN_SCORE.id),
  given: ofSender(OWN_SCORE.given),
  target: ofSender(OWN_SCORE.target),
  turn: ofSender(OWN_SCORE.turn),
  deleted: ofSender(OWN_SCORE.deleted),
};

function ofSender(own: string): string {
  return SENDER_SCORE_PREFIX + own.slice(OWN_SCORE_PREFIX.length);
}

/** Limits of texts, UTF-16 units. */
export const MAX_SCORE_NAME = 64;
export const MAX_SCORE_LABEL = 64;
export const MAX_SCORE_ID = 128;

/** 2200-01-01, nanoseconds since 1970. A later time of a version counts as none, so that it can be replaced. */
export const LATEST_GIVEN_NS = 7_258_118_400_000_000_000n;

/** The value of `OWN_SCORE.given`; 0 if there is none that counts. */
export function givenInstant(text: string | undefined): bigint {
  const instant = text !== undefined && /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
  return instant <= LATEST_GIVEN_NS ? instant : 0n;
}

/** Greater values, of either sign, are shown with their record and count in no average. */
export const MAX_SCORE_VALUE = 1e9;

/** Averages are of whole millionths, so that their sums do not depend on an order (S17): so many are 1. */
export const SCORE_UNITS = 1e6;
