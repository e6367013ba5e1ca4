import type { TSchema } from '@sinclair/typebox';
import { DEVICE_TYPES, type DeviceType } from '../normalize/facts.js';
import { MAX_PLACE } from '../sessionize/page-places.js';
import { MOST_USERS } from '../sessionize/user-counts.js';
import { Type } from './schema-builder.js';
import { anyOf, COUNTRY_FORMAT, nameFilter, oneOf } from './schema-parts.js';
import { SESSION_STATES, type SessionState } from './session-state.js';

/** The filters of sessions, as in a query string. */

/**
 * Valid filters of a list of sessions; times in nanoseconds since 1970, from −1. A list of values matches if
 * any of them does.
 */
export interface SessionFilters {
  readonly userId?: string;
  readonly isActive?: boolean;
  readonly startTime?: bigint;
  readonly endTime?: bigint;
  readonly activeFrom?: bigint;
  readonly activeTo?: bigint;
  readonly service?: readonly string[];
  readonly model?: readonly string[];
  readonly provider?: readonly string[];
  readonly state?: readonly SessionState[];
  readonly deviceType?: readonly DeviceType[];
  /** Upper case. */
  readonly country?: readonly string[];
  readonly release?: readonly string[];
  readonly url?: string;
  readonly hasErrors?: boolean;
  readonly hasCrash?: boolean;
  readonly implicit?: boolean;
  /** Whole, at least 0. */
  readonly minSpans?: number;
  /** Whole, at least 0. */
  readonly minTraceSpans?: number;
  readonly bots?: boolean;
  readonly minDurationMs?: number;
  readonly minCostUsd?: number;
}

export const MAX_USER_ID_LENGTH = 256;

const MAX_URL_LENGTH = 1024;

const DATE_TIME_FORM =
  'RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.';

function instant(description: string, example: string) {
  return Type.Optional(
    Type.String({
      format: 'date-time',
      description: `${description} ${DATE_TIME_FORM}`,
      examples: [example],
    }),
  );
}

/** Time ranges of lists, statistics and charts. */
const range = {
  startTime: instant(
    'Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it.',
    '2026-03-01T00:00:00Z',
  ),
  endTime: instant(
    'Only sessions that started at this instant or earlier.',
    '2026-03-31T23:59:59.999999999+01:00',
  ),
  activeFrom: instant(
    'Only sessions with activity at this instant or later: whose last activity is not before it.',
    '2026-03-01T09:15:00Z',
  ),
  activeTo: instant(
    'Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started.',
    '2026-03-01T09:30:00Z',
  ),
};

const MAX_MIN_SPANS = 2 ** 31 - 1;

function leastSpans(description: string) {
  return Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_MIN_SPANS, description, examples: [2] }));
}

/** Filters of lists, statistics, charts and the stream of sessions. Several filters combine with *and*. */
export const sessionFilters = {
  userId: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_USER_ID_LENGTH,
      description: `Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than ${MOST_USERS} user ids only the first ${MOST_USERS} in order of their characters find it, and the one that it shows.`,
      examples: ['user-4711'],
    }),
  ),
  isActive: Type.Optional(
    Type.Boolean({
      description:
        'true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).',
      examples: [true],
    }),
  ),
  ...range,
  service: nameFilter('Only sessions with this name among their `services`, matched whole.', [
    'checkout',
    'web',
  ]),
  model: nameFilter('Only sessions with this name among their `models_used`, matched whole.', ['gpt-5']),
  provider: nameFilter('Only sessions with this name among their `providers_used`, matched whole.', [
    'openai',
  ]),
  state: anyOf('Only sessions in this state at the time of the request.', oneOf(SESSION_STATES, 'A state.'), [
    'active',
    'idle',
  ]),
  deviceType: anyOf(
    'Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics.',
    oneOf(DEVICE_TYPES, 'A kind of device.'),
    ['mobile', 'tablet'],
  ),
  country: anyOf(
    'Only sessions held in this country: ISO 3166-1 alpha-2, in either case.',
    Type.String({ format: COUNTRY_FORMAT, pattern: '^[A-Za-z]{2}$' }),
    ['AT', 'CH'],
  ),
  release: nameFilter('Only sessions of this `release`, matched whole.', ['4.2.0']),
  url: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_URL_LENGTH,
      description: `Only sessions with a page whose address begins so: a whole address (\`https://shop.example/cart\`), a path or a route (\`/cart\`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first ${MAX_PLACE} characters are compared. Of a session with more than ${MOST_USERS} different pages only the first ${MOST_USERS} in order of their characters find it.`,
      examples: ['/cart'],
    }),
  ),
  hasErrors: Type.Optional(
    Type.Boolean({
      description:
        'true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either.',
    }),
  ),
  hasCrash: Type.Optional(
    Type.Boolean({
      description:
        'true: only sessions with a crash, or an app that stood still; false: only those without one.',
    }),
  ),
  implicit: Type.Optional(
    Type.Boolean({
      description:
        'true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user.',
    }),
  ),
  minSpans: leastSpans('Only sessions whose `span_count` is this or more.'),
  minTraceSpans: leastSpans(
    'Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.',
  ),
  bots: Type.Optional(
    Type.Boolean({
      description: 'true: only sessions whose kind of device is `bot`; false: all others.',
    }),
  ),
  minDurationMs: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'Only sessions whose `duration_ms` is this or more.',
      examples: [60000],
    }),
  ),
  minCostUsd: Type.Optional(
    Type.Number({
      minimum: 0,
      description: 'Only sessions whose `estimated_cost_usd` is known, and this or more.',
      examples: [0.5],
    }),
  ),
} satisfies Record<keyof SessionFilters, TSchema>;
