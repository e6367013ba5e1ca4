import type { TSchema } from '@sinclair/typebox';
import { DEVICE_TYPES, type DeviceType } from '../normalize/facts.js';
import { MAX_SCORE_NAME } from '../normalize/score-terms.js';
import { MAX_PLACE } from '../sessionize/page-places.js';
import { MOST_USERS } from '../sessionize/user-counts.js';
import { Type } from './schema-builder.js';
import {
  anyOf,
  COUNTRY_FORMAT,
  INDEXED_ATTRIBUTE_FORMAT,
  MAX_FILTER_VALUES,
  name,
  nameFilter,
  oneOf,
} from './schema-parts.js';
import { MAX_SESSION_ID_LENGTH } from './session-id.js';
import { SESSION_STATES, type SessionState } from './session-state.js';

/** The filters of sessions, as in a query string. */

/**
 * Valid filters of a list of sessions; times in nanoseconds since 1970, from −1. A list of values matches if
 * any of them does.
 */
export interface SessionFilters {
  readonly sessionIdPrefix?: string;
  readonly userId?: string;
  readonly userIdPrefix?: string;
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
  /** Bounds of counts are whole, and at least 0. */
  readonly minSpans?: number;
  readonly maxSpans?: number;
  readonly minTraceSpans?: number;
  readonly minErrors?: number;
  readonly maxErrors?: number;
  readonly minTraces?: number;
  readonly maxTraces?: number;
  readonly bots?: boolean;
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  readonly minCostUsd?: number;
  readonly maxCostUsd?: number;
  readonly minTokens?: number;
  readonly maxTokens?: number;
  readonly operation?: readonly string[];
  readonly tool?: readonly string[];
  readonly errorType?: readonly string[];
  readonly route?: readonly string[];
  /** 400 to 599. */
  readonly status?: readonly number[];
  readonly attr?: AttributeValues;
  readonly attrExists?: readonly string[];
  /** Shapes of errors. */
  readonly error?: readonly string[];
  readonly failedTool?: readonly string[];
  /** Names of scores. */
  readonly score?: readonly string[];
  /** Labels by the name of the score. */
  readonly scoreLabel?: AttributeValues;
  /** Bounds of averages by the name of the score. */
  readonly minScore?: Readonly<Record<string, number>>;
  readonly maxScore?: Readonly<Record<string, number>>;
  /** Sessions with any of the values of these are left out. */
  readonly 'not.userId'?: readonly string[];
  readonly 'not.service'?: readonly string[];
  readonly 'not.model'?: readonly string[];
  readonly 'not.provider'?: readonly string[];
  readonly 'not.state'?: readonly SessionState[];
  readonly 'not.deviceType'?: readonly DeviceType[];
  /** Upper case. */
  readonly 'not.country'?: readonly string[];
  readonly 'not.release'?: readonly string[];
  readonly 'not.url'?: readonly string[];
  readonly 'not.operation'?: readonly string[];
  readonly 'not.tool'?: readonly string[];
  readonly 'not.errorType'?: readonly string[];
  readonly 'not.error'?: readonly string[];
  readonly 'not.failedTool'?: readonly string[];
  readonly 'not.route'?: readonly string[];
  readonly 'not.status'?: readonly number[];
  readonly 'not.attr'?: AttributeValues;
  readonly 'not.attrExists'?: readonly string[];
}

/** Values by the name of their attribute. */
export type AttributeValues = Readonly<Record<string, readonly string[]>>;

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

const MAX_COUNT_BOUND = 2 ** 31 - 1;

function countBound(description: string) {
  return Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_COUNT_BOUND, description, examples: [2] }));
}

/** A bound of a number with fractions. */
function numberBound(description: string, example: number) {
  return Type.Optional(Type.Number({ minimum: 0, description, examples: [example] }));
}

function tokenBound(description: string) {
  return Type.Optional(
    Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description, examples: [1000] }),
  );
}

const indexed = Type.String({ minLength: 1, format: INDEXED_ATTRIBUTE_FORMAT });
const failedStatus = Type.Integer({ minimum: 400, maximum: 599 });
const userId = Type.String({ minLength: 1, maxLength: MAX_USER_ID_LENGTH });
const url = Type.String({ minLength: 1, maxLength: MAX_URL_LENGTH });
const country = Type.String({ format: COUNTRY_FORMAT, pattern: '^[A-Za-z]{2}$' });
const state = oneOf(SESSION_STATES, 'A state.');
const deviceType = oneOf(DEVICE_TYPES, 'A kind of device.');

/** Values of attributes: each attribute is a parameter of its own, whose name begins with that of the filter. */
function attributeFilter(description: string) {
  return Type.Optional(
    Type.Unsafe<AttributeValues>({
      type: 'object',
      additionalProperties: { type: 'array', items: name, minItems: 1, maxItems: MAX_FILTER_VALUES },
      description: `${description} Given several times, one attribute takes any of the values, and several attributes all apply.`,
    }),
  );
}

/** Scores are named by anybody: any key of this length. */
const SCORE_NAMES = { type: 'string', maxLength: MAX_SCORE_NAME };

/** A bound of the average of the scores of a name: each name is a parameter of its own. */
function averageBound(filter: string, bound: string) {
  return Type.Optional(
    Type.Unsafe<Readonly<Record<string, number>>>({
      type: 'object',
      propertyNames: SCORE_NAMES,
      additionalProperties: { type: 'number' },
      description: `${filter}.NAME=VALUE: only sessions in which the average of the scores of this name is ${bound}. Sessions without a value of that name do not match.`,
    }),
  );
}

/** Leaves out what a filter of values finds. */
function noneOf<Item extends TSchema>(filter: string, items: Item, examples: unknown[]) {
  return anyOf(`Without the sessions that \`${filter}\` finds.`, items, examples);
}

/** Filters of lists, statistics, charts and the stream of sessions. Several filters combine with *and*. */
export const sessionFilters = {
  sessionIdPrefix: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_SESSION_ID_LENGTH,
      description: 'Only sessions whose `session.id` begins so.',
      examples: ['checkout-'],
    }),
  ),
  userId: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_USER_ID_LENGTH,
      description: `Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than ${MOST_USERS} user ids only the first ${MOST_USERS} in order of their characters find it, and the one that it shows.`,
      examples: ['user-4711'],
    }),
  ),
  userIdPrefix: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_USER_ID_LENGTH,
      description:
        'Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.',
      examples: ['team-a/'],
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
  state: anyOf('Only sessions in this state at the time of the request.', state, ['active', 'idle']),
  deviceType: anyOf(
    'Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics.',
    deviceType,
    ['mobile', 'tablet'],
  ),
  country: anyOf('Only sessions held in this country: ISO 3166-1 alpha-2, in either case.', country, [
    'AT',
    'CH',
  ]),
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
  minSpans: countBound('Only sessions whose `span_count` is this or more.'),
  maxSpans: countBound('Only sessions whose `span_count` is this or less.'),
  minTraceSpans: countBound(
    'Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.',
  ),
  minErrors: countBound('Only sessions whose `error_count` is this or more.'),
  maxErrors: countBound('Only sessions whose `error_count` is this or less.'),
  minTraces: countBound('Only sessions whose `trace_count` is this or more.'),
  maxTraces: countBound('Only sessions whose `trace_count` is this or less.'),
  bots: Type.Optional(
    Type.Boolean({
      description: 'true: only sessions whose kind of device is `bot`; false: all others.',
    }),
  ),
  minDurationMs: numberBound('Only sessions whose `duration_ms` is this or more.', 60000),
  maxDurationMs: numberBound('Only sessions whose `duration_ms` is this or less.', 60000),
  minCostUsd: numberBound('Only sessions whose `estimated_cost_usd` is known, and this or more.', 0.5),
  maxCostUsd: numberBound('Only sessions whose `estimated_cost_usd` is known, and this or less.', 0.5),
  minTokens: tokenBound(
    'Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.',
  ),
  maxTokens: tokenBound(
    'Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.',
  ),
  operation: nameFilter('Only sessions with this `gen_ai.operation.name`.', ['chat', 'execute_tool']),
  tool: nameFilter('Only sessions with a run of this tool, as any dialect names it.', ['search']),
  errorType: nameFilter(
    'Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception.',
    ['TimeoutError'],
  ),
  route: nameFilter('Only sessions with a request of this `http.route`.', ['/orders/{id}']),
  status: anyOf('Only sessions with a request that failed with this HTTP status.', failedStatus, [500]),
  attr: attributeFilter(
    'attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused.',
  ),
  error: nameFilter(
    'Only sessions with an error of this shape, matched whole: the `error` of `GET /api/v1/errors`. Of a session with more than 100 shapes only the first 100 in order of their characters find it.',
    ['TimeoutError: no answer after # ms'],
  ),
  failedTool: nameFilter(
    'Only sessions in which a call of this tool failed, as `GET /api/v1/tools` counts it.',
    ['search'],
  ),
  score: nameFilter('Only sessions with a score of this name.', ['helpful']),
  scoreLabel: Type.Optional(
    Type.Unsafe<AttributeValues>({
      type: 'object',
      propertyNames: SCORE_NAMES,
      additionalProperties: { type: 'array', items: name, minItems: 1, maxItems: MAX_FILTER_VALUES },
      description:
        'scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply.',
    }),
  ),
  minScore: averageBound('minScore', 'this or more'),
  maxScore: averageBound('maxScore', 'this or less'),
  attrExists: anyOf('Only sessions with any value of this attribute, one of --index-attributes.', indexed, [
    'deployment.environment.name',
  ]),
  'not.userId': noneOf('userId', userId, ['load-test']),
  'not.service': noneOf('service', name, ['health-check']),
  'not.model': noneOf('model', name, ['gpt-5']),
  'not.provider': noneOf('provider', name, ['openai']),
  'not.state': noneOf('state', state, ['invalidated']),
  'not.deviceType': noneOf('deviceType', deviceType, ['bot']),
  'not.country': noneOf('country', country, ['AT']),
  'not.release': noneOf('release', name, ['4.2.0']),
  'not.url': noneOf('url', url, ['/internal']),
  'not.operation': noneOf('operation', name, ['embeddings']),
  'not.tool': noneOf('tool', name, ['search']),
  'not.errorType': noneOf('errorType', name, ['AbortError']),
  'not.error': noneOf('error', name, ['AbortError: #']),
  'not.failedTool': noneOf('failedTool', name, ['search']),
  'not.route': noneOf('route', name, ['/ping']),
  'not.status': noneOf('status', failedStatus, [404]),
  'not.attr': attributeFilter('not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds.'),
  'not.attrExists': noneOf('attrExists', indexed, ['deployment.environment.name']),
} satisfies Record<keyof SessionFilters, TSchema>;
