import fc from 'fast-check';
import type { Normalizer } from '../../src/normalize/normalizer.js';
import type { RecordBatch } from '../../src/otlp/record-batch.js';
import type { Engine } from '../../src/store/engine/engine.js';
import {
  type LogSpec,
  logBatch,
  metricBatch,
  type PointSpec,
  type SpanSpec,
  spanBatch,
} from './telemetry.js';

/** Random telemetry that meets, contradicts and repeats itself, and the ways in which it can arrive. */

export type Item = { span: SpanSpec } | { log: LogSpec } | { point: PointSpec };

/**
 * `disk`: the commit cannot be written, and is sent again. `crash`: the process is killed after the commit,
 * and unfolded records are lost from memory.
 */
type Fault = 'none' | 'disk' | 'crash';

export interface Step {
  readonly items: Item[];
  /** Sessions are brought up to date with this commit, or left for a later one. */
  readonly fold: boolean;
  /** Where they are left, they are brought nearer to it: for so many records each time, and readers see it, as far as it had come, where `isEnd`. */
  readonly parts: readonly { readonly records: number; readonly isEnd: boolean }[];
  readonly fault: Fault;
}

/** Takes a step but for the crash of its end: what the caller has to do. */
export function takeStep(
  engine: Engine,
  normalizer: Normalizer,
  project: string,
  { items, fold, parts, fault }: Step,
): void {
  const batches = () => batchesOf(normalizer, items).map((batch) => ({ project, batch }));
  if (fault === 'disk') {
    engine.stage(batches(), () => undefined);
    engine.giveUp();
  }
  engine.commit(batches(), fold);
  for (const { records, isEnd } of parts) {
    engine.foldSome(records);
    if (isEnd) engine.endFold();
  }
}

export const NOW_NS = 2_000_000_000_000_000_000n;
export const BASE_NS = NOW_NS - 3_600_000_000_000n;
const ids = fc.constantFrom('1', '2', '3', '4');
const traces = fc.constantFrom('a', 'b', 'c');
const sessions = fc.constantFrom('s1', 's2', 's3');
const DAY_NS = 86_400_000_000_000n;
const minutes = fc.integer({ min: 0, max: 4 }).map((n) => BASE_NS + BigInt(n) * 60_000_000_000n);
/**
 * Mostly minutes; also times of unset clocks, of days and years ago, and of clocks that are ahead by hours,
 * days and years.
 */
const times = fc.oneof(
  { weight: 12, arbitrary: minutes },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      0n,
      300_000_000_000n,
      5n * DAY_NS,
      946_684_799_999_999_999n,
      NOW_NS - 700n * DAY_NS,
      NOW_NS - 2n * DAY_NS,
      NOW_NS + DAY_NS / 2n,
      NOW_NS + DAY_NS + 1n,
      NOW_NS + 400n * DAY_NS,
      9_200_000_000_000_000_000n,
    ),
  },
);
/** Between start and end of a span, seconds. */
const lengths = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt({ min: -1n, max: 1n }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(86_400n, 3n * 86_400n, 40n * 86_400n, -2_000_000_000n, 7_000_000_000n),
  },
);
const LAST_NS = 2n ** 63n - 1n;
const MESSAGE_EVENTS = [
  'gen_ai.system.message',
  'gen_ai.user.message',
  'gen_ai.assistant.message',
  'gen_ai.tool.message',
  'gen_ai.choice',
  'claude_code.user_prompt',
  'codex.tool_result',
];
const identity = fc.record(
  {
    'user.id': fc.constantFrom('ann', 'bob'),
    'user.anonymous_id': fc.constantFrom('a1', 'a2'),
    'client.address': fc.constantFrom('8.8.8.8', '193.0.6.139', '10.0.0.1'),
    'http.request.header.x-forwarded-for': fc.constantFrom('10.0.0.2, 8.8.4.4', '10.0.0.3'),
    'user_agent.original': fc.constantFrom(
      'Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0',
      'curl/8.0',
      'okhttp/4.12.0',
    ),
    'os.name': fc.constantFrom('Android', 'Linux'),
    'geo.locality.name': fc.constantFrom('Bern', 'Oslo'),
    'geo.country.iso_code': fc.constantFrom('CH', 'UK'),
    'session.previous_id': fc.constantFrom('s1', 's2'),
    app: fc.constantFrom('shop', 'till'),
    'splunk.rumVersion': fc.constantFrom('1', '2'),
    'app.version': fc.constantFrom('2.0', '2.1'),
    'os.version': fc.constantFrom('14', '15'),
    'device.model.name': fc.constantFrom('Pixel 8', 'iPhone15,2'),
    'network.connection.type': fc.constantFrom('wifi', 'cell'),
  },
  { requiredKeys: [] },
);
const said = [
  { role: 'user', content: 'hi' },
  { role: 'assistant', content: 'hello' },
  { role: 'user', content: 'hi' },
  { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: 'c', content: 'r' },
];
const usage = fc.record(
  {
    'gen_ai.operation.name': fc.constantFrom('chat', 'invoke_agent', 'execute_tool'),
    'gen_ai.request.model': fc.constantFrom('gpt-4o', 'claude-sonnet-4-5', 'local-llama'),
    'gen_ai.provider.name': fc.constantFrom('openai', 'anthropic'),
    // Few values, because equal ones are distinguished by rules of their own.
    'gen_ai.usage.input_tokens': fc.constantFrom(0, 7, 5000),
    'gen_ai.usage.output_tokens': fc.constantFrom(0, 3),
    'gen_ai.usage.audio.input_tokens': fc.constantFrom(0, 6, 9000),
    'gen_ai.usage.audio.output_tokens': fc.constantFrom(1, 4),
    'gen_ai.usage.cost': fc.double({ min: 0, max: 1, noNaN: true }),
    'server.address': fc.constantFrom('localhost', 'api.deepseek.com', 'ollama'),
    'openai.response.service_tier': fc.constantFrom('flex', 'scale', 'default'),
    'error.type': fc.constantFrom('AbortError', '500'),
    'acme.usage.prompt_tokens': fc.constantFrom(5, -1),
    // Some ids that any call may have, some that are one call's: shared within a trace, a session, and
    // between sessions.
    'gen_ai.response.id': fc.constantFrom(
      'r1',
      'r2',
      'msg_01XFDUDYJgAACzvnptvVoYEL',
      'msg_013Zva2CMHLNnXjNJJKqJ2EF',
    ),
    'gen_ai.input.messages': fc.constantFrom(
      ...[1, 3, 5].map((count) => JSON.stringify(said.slice(0, count))),
      JSON.stringify(said.slice(2, 5)),
    ),
    'gen_ai.output.messages': fc.constantFrom(...said.slice(1).map((message) => JSON.stringify([message]))),
    'gen_ai.tool.name': fc.constantFrom('f', 'g'),
    'gen_ai.tool.call.id': fc.constantFrom('c', 'd'),
    'logfire.span_type': fc.constantFrom('span', 'log'),
    'gen_ai.tool.call.result': fc.constantFrom('r', 's'),
  },
  { requiredKeys: [] },
);
/**
 * Few messages: one is reported as event, as log record and by attributes of a span, on its way up, and again
 * at once or later.
 */
const message = fc.constantFrom('boom', 'Error: boom', 'bang');
const exception = fc.record(
  {
    'exception.type': fc.constantFrom('Error', 'java.lang.IllegalStateException'),
    'exception.message': message,
  },
  { requiredKeys: [] },
);
const spanEvents = fc.array(
  fc.record({
    name: fc.constantFrom('exception', 'exception', 'remark'),
    time: minutes.chain((ns) => fc.constantFrom(ns, ns + 50_000_000n, ns + 900_000_000n)),
    attributes: exception as fc.Arbitrary<Record<string, string>>,
  }),
  { maxLength: 3 },
);
const errorTag = fc.record(
  { error: fc.boolean(), 'error.message': message, 'error.object': fc.constant('Error') },
  { requiredKeys: ['error'] },
);
const sessionId = fc.option(sessions, { nil: undefined, freq: 2 });
const resource = fc.record(
  {
    'service.name': fc.constantFrom('web', 'api', 'unknown_service:java'),
    'telemetry.sdk.language': fc.constantFrom('webjs', 'go'),
    'browser.platform': fc.constant('Linux armv81'),
    'service.version': fc.constantFrom('1.0', '1.1'),
  },
  { requiredKeys: ['service.name'] },
);

function within(ns: bigint): bigint {
  return ns < 0n ? 0n : ns > LAST_NS ? LAST_NS : ns;
}

const span: fc.Arbitrary<Item> = fc
  .record({
    trace: traces,
    span: ids,
    parent: fc.option(ids, { nil: undefined }),
    kind: fc.constantFrom(1, 2, 3, 5),
    name: fc.constantFrom('GET /cart', 'pay 17', ' '),
    start: times,
    length: lengths,
    error: fc.boolean(),
    session: sessionId,
    identity: fc.option(identity, { nil: {} }),
    usage: fc.option(usage, { nil: {} }),
    events: spanEvents,
    thrown: fc.option(errorTag, { nil: {}, freq: 2 }),
    scope: fc.constantFrom('one', 'two', 'logfire.openai'),
    resource,
  })
  .map(({ length, session, identity, usage, thrown, parent, ...rest }) => ({
    span: {
      ...rest,
      ...(parent === undefined ? {} : { parent }),
      end: within(rest.start + length * 1_000_000_000n),
      attributes: {
        ...(session === undefined ? {} : { 'session.id': session }),
        ...identity,
        ...usage,
        ...thrown,
      } as Record<string, string | number | boolean>,
    },
  }));

const log: fc.Arbitrary<Item> = fc
  .record({
    trace: fc.option(traces, { nil: undefined }),
    span: fc.option(ids, { nil: undefined }),
    time: times,
    event: fc.option(
      fc.constantFrom(
        'session.start',
        'session.end',
        'click',
        'exception',
        'device.crash',
        'gen_ai.client.inference.operation.details',
        ...MESSAGE_EVENTS,
      ),
      { nil: undefined },
    ),
    body: fc.record({ content: fc.constantFrom('hi', 'hello', 'bye') }),
    usage: fc.option(usage, { nil: {} }),
    session: sessionId,
    previous: fc.option(sessions, { nil: undefined }),
    identity: fc.option(identity, { nil: {} }),
    exception: fc.option(exception, { nil: {}, freq: 2 }),
    resource,
  })
  .map(({ trace, span, event, session, previous, identity, usage, exception, ...rest }) => ({
    log: {
      ...rest,
      ...(trace === undefined ? {} : { trace }),
      ...(span === undefined ? {} : { span }),
      ...(event === undefined ? {} : { event }),
      attributes: {
        ...(session === undefined ? {} : { 'session.id': session }),
        ...(previous === undefined ? {} : { 'session.previous_id': previous }),
        ...identity,
        ...usage,
        ...exception,
      } as Record<string, string | number>,
    },
  }));

/** An end or a start in a trace, without a session id of its own. */
const boundMark: fc.Arbitrary<Item> = fc
  .record({
    trace: traces,
    span: fc.option(ids, { nil: undefined }),
    time: times,
    event: fc.constantFrom('session.start', 'session.end', 'session_extend'),
    previous: fc.option(sessions, { nil: undefined }),
    resource,
  })
  .map(({ span, previous, ...rest }) => ({
    log: {
      ...rest,
      ...(span === undefined ? {} : { span }),
      attributes: previous === undefined ? {} : { 'session.previous_id': previous },
    },
  }));

/** A report of a page or a vital: a span, of which another version may report another page, or a log record. */
const visit: fc.Arbitrary<Item> = fc
  .record({
    isLog: fc.boolean(),
    trace: traces,
    span: ids,
    time: times,
    length: fc.constantFrom(1n, 2n),
    session: sessionId,
    name: fc.constantFrom('documentLoad', 'routeChange', 'Created', 'webvitals', 'LCP'),
    event: fc.constantFrom('browser.navigation', 'view_changed', 'browser.web_vital', 'app.screen.view'),
    attributes: fc.record(
      {
        'url.full': fc.constantFrom(
          'https://shop.example/?q=1',
          'https://shop.example/cart#top',
          'https://a:b@shop.example/#/pay',
        ),
        'document.referrer': fc.constantFrom('https://search.example/', 'https://shop.example/'),
        'screen.name': fc.constantFrom('Cart', 'Pay'),
        'activity.name': fc.constant('Main'),
        'browser.navigation.same_document': fc.boolean(),
        'browser.web_vital.name': fc.constantFrom('lcp', 'CLS', 'fid'),
        'browser.web_vital.value': fc.constantFrom(0, 0.25, 1234.5, -1),
        'browser.web_vital.id': fc.constantFrom('v1', 'v2'),
        'lcp.value': fc.constantFrom(10, 20.5),
        lcp: fc.constantFrom(30, 40),
      },
      { requiredKeys: [] },
    ),
    resource,
  })
  .map(({ isLog, session, name, event, attributes, time, length, trace, span, resource }) => {
    const all = {
      ...(session === undefined ? {} : { 'session.id': session }),
      ...attributes,
    } as Record<string, string | number | boolean>;
    return isLog
      ? { log: { trace, time, event, attributes: all, resource } }
      : { span: { trace, span, name, start: time, end: within(time + length), attributes: all, resource } };
  });

const AGENT_RESOURCE = { 'service.name': 'claude-code' };

/**
 * A data point of a coding agent's metrics. Few starts and values: series that are sent again, grow, and
 * restart.
 */
const point: fc.Arbitrary<Item> = fc
  .record({
    metric: fc.constantFrom('claude_code.token.usage', 'claude_code.cost.usage', 'gemini_cli.token.usage'),
    start: minutes,
    time: minutes,
    value: fc.constantFrom(0, 7, 5000, 5001),
    cumulative: fc.boolean(),
    type: fc.constantFrom('input', 'output', 'cacheRead', 'cache', 'thought'),
    model: fc.constantFrom('claude-sonnet-4-5', 'gemini-2.5-pro'),
    session: sessions,
  })
  .map(({ type, model, session, ...rest }) => ({
    point: {
      ...rest,
      attributes: { 'session.id': session, type, model },
      resource: AGENT_RESOURCE,
    },
  }));

/**
 * A coding agent's calls, which keep its metrics from counting: a log record of its own, or a span that
 * another instrumentation's may supersede.
 */
const agentCall: fc.Arbitrary<Item> = fc
  .record({
    isLog: fc.boolean(),
    trace: traces,
    span: ids,
    start: minutes,
    session: fc.option(sessions, { nil: undefined }),
    id: fc.constantFrom('r1', 'msg_01XFDUDYJgAACzvnptvVoYEL', 'msg_013Zva2CMHLNnXjNJJKqJ2EF'),
    input: fc.constantFrom(7, 5000),
  })
  .map(({ isLog, trace, span, start, session, id, input }) => {
    const attributes = {
      ...(session === undefined ? {} : { 'session.id': session }),
      request_id: id,
      model: 'claude-sonnet-4-5',
      input_tokens: input,
      output_tokens: 3,
    };
    return isLog
      ? { log: { time: start, event: 'claude_code.api_request', attributes, resource: AGENT_RESOURCE } }
      : {
          span: {
            trace,
            span,
            start,
            end: start + 1_000_000_000n,
            name: 'claude_code.llm_request',
            attributes,
            resource: AGENT_RESOURCE,
          },
        };
  });

/**
 * Calls that several traces report, with a session or without: few ids, times and numbers, so that they meet,
 * contradict each other and move.
 */
const sharedCall: fc.Arbitrary<Item> = fc
  .record({
    trace: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    span: fc.constantFrom('1', '2'),
    parent: fc.constantFrom('1', '2', undefined),
    start: fc.constantFrom(BASE_NS, BASE_NS + 1_000_000_000n),
    // A later version of the span may differ.
    length: fc.constantFrom(1n, 2n),
    scope: fc.constantFrom('one', 'two'),
    session: fc.option(sessions, { nil: undefined }),
    operation: fc.constantFrom('chat', 'chat', 'chat', 'invoke_agent', undefined),
    id: fc.constantFrom('r1', 'msg_01XFDUDYJgAACzvnptvVoYEL', 'msg_013Zva2CMHLNnXjNJJKqJ2EF', undefined),
    input: fc.constantFrom(7, 7, 5000, undefined),
    cacheWrite: fc.constantFrom(0, 5, undefined),
    resource,
  })
  .map(({ length, session, operation, id, input, cacheWrite, parent, ...rest }) => ({
    span: {
      ...rest,
      ...(parent === undefined ? {} : { parent }),
      end: rest.start + length * 1_000_000_000n,
      attributes: {
        ...(session === undefined ? {} : { 'session.id': session }),
        ...(operation === undefined ? {} : { 'gen_ai.operation.name': operation }),
        ...(id === undefined ? {} : { 'gen_ai.response.id': id }),
        ...(input === undefined
          ? {}
          : { 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': 3 }),
        ...(cacheWrite === undefined ? {} : { 'gen_ai.usage.cache_creation.input_tokens': cacheWrite }),
      },
    },
  }));

function asUser(item: Item, user: string): Item {
  if (!('span' in item)) return item;
  return { span: { ...item.span, attributes: { ...item.span.attributes, 'user.id': user } } };
}

/** A short trace, mostly of a user and without a session. */
const ofUser: fc.Arbitrary<Item> = fc
  .record({
    trace: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    span: fc.constantFrom('1', '2'),
    start: times,
    length: lengths,
    user: fc.constantFrom('ann', 'ann', 'ann', 'bob', undefined),
    session: fc.option(sessions, { nil: undefined, freq: 8 }),
    resource,
  })
  .map(({ length, user, session, ...rest }) => ({
    span: {
      ...rest,
      end: within(rest.start + length * 1_000_000_000n),
      attributes: {
        ...(user !== undefined && { 'user.id': user }),
        ...(session !== undefined && { 'session.id': session }),
      },
    },
  }));

/** Quiet requests, alone or not: few traces and ids, so that traces become quiet and stop being so. */
const quietRequest: fc.Arbitrary<Item> = fc
  .record({
    trace: fc.constantFrom('a', 'f'),
    span: fc.constantFrom('1', '2', '3'),
    parent: fc.constantFrom(undefined, undefined, '1', '2', '9'),
    kind: fc.constantFrom(1, 2, 2, 2, 3),
    start: minutes,
    length: fc.constantFrom(1n, 2n),
    error: fc.constantFrom(false, false, false, true),
    method: fc.constantFrom('GET', 'OPTIONS', undefined),
    path: fc.constantFrom('/healthz', '/readyz?verbose', '/cart', undefined),
    status: fc.constantFrom(200, 503, undefined),
    session: fc.constantFrom(undefined, undefined, undefined, 's1'),
    resource,
  })
  .map(({ length, method, path, status, session, parent, ...rest }) => ({
    span: {
      ...rest,
      ...(parent === undefined ? {} : { parent }),
      end: rest.start + length * 1_000_000_000n,
      attributes: {
        ...(session === undefined ? {} : { 'session.id': session }),
        ...(method === undefined ? {} : { 'http.request.method': method }),
        ...(path === undefined ? {} : { 'http.target': path }),
        ...(status === undefined ? {} : { 'http.response.status_code': status }),
      },
    },
  }));

/** Scores: few ids and times, so that they replace and delete each other, also in other groups and sessions. */
const score: fc.Arbitrary<Item> = fc
  .record({
    trace: fc.option(traces, { nil: undefined }),
    time: minutes,
    session: sessions,
    hasSession: fc.boolean(),
    attributes: fc.record(
      {
        'gen_ai.evaluation.name': fc.constantFrom('helpful', 'safe'),
        'gen_ai.evaluation.score.value': fc.constantFrom(0, 1, 0.1, -2.5),
        'gen_ai.evaluation.score.label': fc.constantFrom('pass', 'fail'),
        'sojourn.score.id': fc.constantFrom('a', 'b'),
        'sojourn.score.given_unix_nano': fc.constantFrom('1', '2', '3'),
        'sojourn.score.deleted': fc.boolean(),
      },
      { requiredKeys: ['gen_ai.evaluation.name'] },
    ),
    resource,
  })
  .map(({ trace, session, hasSession, attributes, ...rest }) => ({
    log: {
      ...rest,
      event: 'gen_ai.evaluation.result',
      ...(trace !== undefined && { trace }),
      attributes: {
        ...((hasSession || trace === undefined) && { 'session.id': session }),
        ...attributes,
      } as Record<string, string | number | boolean>,
    },
  }));

/** Runs of tools: few ids and names, so that they report one call, nested, by ids, and by spans and log records. */
const toolRun: fc.Arbitrary<Item> = fc
  .record({
    trace: traces,
    span: ids,
    parent: fc.option(ids, { nil: undefined }),
    start: minutes,
    length: fc.constantFrom(0n, 1n, 90n),
    isLog: fc.boolean(),
    error: fc.boolean(),
    session: sessionId,
    scope: fc.constantFrom('one', 'two'),
    attributes: fc.record(
      {
        'gen_ai.operation.name': fc.constant('execute_tool'),
        'gen_ai.tool.name': fc.constantFrom('f', 'g'),
        'gen_ai.tool.call.id': fc.constantFrom('c', 'd'),
        'error.type': fc.constantFrom('Timeout', 'AbortError'),
        success: fc.boolean(),
        duration_ms: fc.constantFrom(0, 1.5, 90_000, -1),
      },
      { requiredKeys: ['gen_ai.operation.name', 'gen_ai.tool.name'] },
    ),
    resource,
  })
  .map(({ span, parent, start, length, isLog, error, session, attributes, scope, ...rest }): Item => {
    const all = {
      ...(session === undefined ? {} : { 'session.id': session }),
      ...attributes,
    } as Record<string, string | number | boolean>;
    if (isLog) {
      return { log: { ...rest, time: start, event: 'codex.tool_result', attributes: all } };
    }
    return {
      span: {
        ...rest,
        span,
        scope,
        start,
        error,
        end: within(start + length * 1_000_000_000n),
        ...(parent !== undefined && { parent }),
        attributes: all,
      },
    };
  });

/** Another version of a span with the same end and length: bytes alone decide which one is kept. */
function twin({ span }: { span: SpanSpec }): Item {
  const service = span.resource?.['service.name'] === 'web' ? 'api' : 'web';
  return { span: { ...span, name: span.error ? 'walk' : 'work', resource: { 'service.name': service } } };
}

const mixed = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: span },
    { weight: 2, arbitrary: log },
    { weight: 1, arbitrary: boundMark },
    { weight: 4, arbitrary: visit },
    { weight: 3, arbitrary: point },
    { weight: 1, arbitrary: agentCall },
    { weight: 3, arbitrary: sharedCall },
    { weight: 2, arbitrary: quietRequest },
    { weight: 1, arbitrary: score },
    { weight: 2, arbitrary: toolRun },
  ),
  { minLength: 1, maxLength: 24 },
);

/** The same, with only calls that traces share: most random calls meet too rarely. */
export const telemetry = fc
  .oneof(
    { weight: 2, arbitrary: mixed },
    { weight: 1, arbitrary: fc.array(sharedCall, { minLength: 2, maxLength: 12 }) },
    { weight: 1, arbitrary: fc.array(quietRequest, { minLength: 2, maxLength: 8 }) },
    { weight: 1, arbitrary: fc.array(score, { minLength: 2, maxLength: 8 }) },
    { weight: 1, arbitrary: fc.array(toolRun, { minLength: 2, maxLength: 10 }) },
  )
  .map((items) => [
    ...items,
    ...items
      .filter((item) => 'span' in item)
      .slice(0, 2)
      .map(twin),
  ]);

/** Sessions that have traces of their own. Each has two, so that all of one leaves with a session or with part of it. */
const ownTrace = fc.constantFrom('11', '12', '21', '22', '31', '32');

/**
 * How a record is tied to others than those of its trace: not at all, by the id of a call, by another session in its
 * trace, by naming an earlier session, or by its time.
 */
const tie = fc.oneof(
  { weight: 12, arbitrary: fc.constant('none') },
  { weight: 1, arbitrary: fc.constantFrom('call', 'session', 'previous', 'time') },
);

const CALL_IDS = new Set(['gen_ai.response.id', 'request_id']);

/** The same record in a trace and a session of its own. */
function apart(item: Item, trace: string, tie: string, ns: bigint): Item {
  const change = <T extends { attributes?: Record<string, unknown> }>(record: T): T => {
    const entries = Object.entries(record.attributes ?? {}).filter(
      ([key]) =>
        (tie === 'call' || !CALL_IDS.has(key)) && (tie === 'previous' || key !== 'session.previous_id'),
    );
    const session = tie === 'session' ? 'other' : `own-${trace[0]}`;
    return { ...record, attributes: { ...Object.fromEntries(entries), 'session.id': session } };
  };
  if ('point' in item) return { point: change(item.point) };
  if ('log' in item) {
    const log = change(item.log);
    return {
      log: { ...log, ...(log.trace !== undefined && { trace }), ...(tie !== 'time' && { time: ns }) },
    };
  }
  const { start, end, ...span } = change(item.span);
  const times = tie === 'time' ? { start, end } : { start: ns, end: ns + (end > start ? 1n : 0n) };
  return { span: { ...span, trace, ...times } };
}

/** Sessions most of which share nothing with others, or no more than for a while. */
const telemetryApart = fc.array(
  fc
    .tuple(fc.oneof(span, log, visit, agentCall, point, score, quietRequest), ownTrace, tie, minutes)
    .map(([item, trace, tie, ns]) => apart(item, trace, tie, ns)),
  { minLength: 4, maxLength: 24 },
);

/** The same as `telemetry`, and sessions that a store removes without reading their records. */
export const removableTelemetry = fc.oneof(
  { weight: 2, arbitrary: telemetryApart },
  { weight: 1, arbitrary: telemetry },
);

const parts = fc.array(fc.record({ records: fc.constantFrom(1, 3), isEnd: fc.boolean() }), { maxLength: 3 });

const faults = fc.constantFrom<Fault>('none', 'none', 'none', 'disk', 'crash');

/** A way in which a set of records can arrive: any order, any batches, repeated, with faults between. */
export function arrivals(items: Item[]): fc.Arbitrary<Step[]> {
  const all = fc.shuffledSubarray(items, { minLength: items.length });
  const again = fc.subarray(items);
  return fc
    .tuple(
      all,
      again,
      fc.infiniteStream(fc.record({ cut: fc.nat(4), fold: fc.boolean(), parts, fault: faults })),
    )
    .map(([first, repeated, choices]) => {
      const steps: Step[] = [];
      let rest = [...first, ...repeated];
      for (const { cut, fold, parts, fault } of choices) {
        if (rest.length === 0) break;
        steps.push({ items: rest.slice(0, cut + 1), fold, parts, fault });
        rest = rest.slice(cut + 1);
      }
      return steps;
    });
}

/** Traces of a few users, of which few name a session: runs that join, split and move with each new one. */
export const ofUsers = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: ofUser },
    { weight: 1, arbitrary: sharedCall.map((item) => asUser(item, 'ann')) },
    { weight: 1, arbitrary: span },
    { weight: 1, arbitrary: log },
  ),
  { minLength: 2, maxLength: 16 },
);

/** The batches of some telemetry, one for each signal that it has. */
export function batchesOf(normalizer: Normalizer, items: readonly Item[]): RecordBatch[] {
  const spans = items.flatMap((item) => ('span' in item ? [item.span] : []));
  const logs = items.flatMap((item) => ('log' in item ? [item.log] : []));
  const points = items.flatMap((item) => ('point' in item ? [item.point] : []));
  return [spanBatch(normalizer, spans), logBatch(normalizer, logs), metricBatch(normalizer, points)].filter(
    (batch) => batch.count > 0,
  );
}
