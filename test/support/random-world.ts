import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { arrivals, type Item, ofUsers, telemetry } from './random-telemetry.js';
import { type RecordedRequest, recordedRequests } from './replay.js';
import { type LogSpec, logsJson, metricsJson, type SpanSpec, tracesJson } from './telemetry.js';

/** Much telemetry of all kinds, as the requests of senders. */

const FIXTURES = 'fixtures';
const CASES = join(FIXTURES, 'cases');

/** Random telemetry, split at random: `worlds` sets of sessions that have nothing but users and calls in common. */
export function randomRequests(seed: number, worlds: number): RecordedRequest[] {
  return sampled(
    fc.oneof({ weight: 3, arbitrary: telemetry }, { weight: 1, arbitrary: ofUsers }),
    seed,
    worlds,
  );
}

/** The same of applications that send users, and sessions seldom. */
export function randomRequestsOfUsers(seed: number, worlds: number): RecordedRequest[] {
  return sampled(ofUsers, seed, worlds);
}

function sampled(telemetries: fc.Arbitrary<Item[]>, seed: number, worlds: number): RecordedRequest[] {
  const steps = fc.sample(telemetries.chain(arrivals), { seed, numRuns: worlds });
  return steps.flatMap((world, number) =>
    world.flatMap(({ items }) => requestsOf(items.map((item) => ofWorld(item, number)))),
  );
}

/** What libraries were recorded to send, and the inputs that were once read wrongly. */
export function fixtureRequests(): RecordedRequest[] {
  const recordings = readdirSync(FIXTURES).filter((name) =>
    existsSync(join(FIXTURES, name, 'expected.json')),
  );
  const cases = readdirSync(CASES).filter((name) => name.endsWith('.otlp.json'));
  return [
    ...recordings.flatMap((name) => recordedRequests(join(FIXTURES, name))),
    ...cases.flatMap((name): RecordedRequest[] => {
      const body = JSON.parse(readFileSync(join(CASES, name), 'utf8')) as Record<string, unknown>;
      return [
        ...(body.resourceSpans === undefined ? [] : [json('traces', { resourceSpans: body.resourceSpans })]),
        ...(body.resourceLogs === undefined ? [] : [json('logs', { resourceLogs: body.resourceLogs })]),
      ];
    }),
  ];
}

export const WHOLE_SESSION = 'whole';

/** A session that has something to show at every route, in pages. All of it is long over. */
export function wholeSession(): RecordedRequest[] {
  const startNs = 1_750_000_000_000_000_000n;
  const steps = Array.from({ length: 8 }, (_, step) => ({
    step,
    time: startNs + BigInt(step) * 1_000_000_000n,
  }));
  const own = { 'session.id': WHOLE_SESSION, 'user.id': 'ann' };
  const image = Buffer.from('\x89PNG\r\n\x1a\n and the rest', 'latin1').toString('base64');
  const message = (step: number): string =>
    JSON.stringify([
      {
        role: 'user',
        parts: [
          { type: 'text', content: `Picture ${step}` },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: image },
        ],
      },
    ]);
  const spans = steps.flatMap(({ step, time }): SpanSpec[] => [
    {
      trace: `ee${step}`,
      span: '1',
      start: time,
      end: time + 100_000_000n,
      name: 'chat',
      resource: { 'service.name': 'web' },
      attributes: {
        ...own,
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 100 + step,
        'gen_ai.usage.output_tokens': 7,
        'gen_ai.input.messages': message(step),
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: `It shows ${step}` }] },
        ]),
      },
      events: [
        {
          name: 'exception',
          time: time + 1_000_000n,
          attributes: { 'exception.type': 'Error', 'exception.message': `failure ${step}` },
        },
      ],
    },
  ]);
  const logs = steps.flatMap(({ step, time }): LogSpec[] => [
    {
      trace: `ee${step}`,
      span: '1',
      time,
      event: 'click',
      severity: 17,
      attributes: own,
      resource: { 'service.name': 'web' },
    },
    {
      time: time + 2_000_000n,
      event: 'browser.navigation',
      attributes: { ...own, 'url.full': `https://shop.example/step/${step}` },
      resource: { 'service.name': 'web', 'telemetry.sdk.language': 'webjs' },
    },
  ]);
  // One trace with more than a page of events.
  const remarks = steps.map(
    ({ step, time }): LogSpec => ({
      trace: 'ee0',
      span: '1',
      time: time + 3_000_000n,
      event: 'remark',
      body: `remark ${step}`,
      attributes: own,
      resource: { 'service.name': 'web' },
    }),
  );
  return [...spans.map((span) => ({ span })), ...[...logs, ...remarks].map((log) => ({ log }))].flatMap(
    (item) => requestsOf([item]),
  );
}

function json(signal: RecordedRequest['signal'], body: object | string): RecordedRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { signal, encoding: 'json', body: Buffer.from(text) };
}

function requestsOf(items: readonly Item[]): RecordedRequest[] {
  const spans = items.flatMap((item) => ('span' in item ? [item.span] : []));
  const logs = items.flatMap((item) => ('log' in item ? [item.log] : []));
  const points = items.flatMap((item) => ('point' in item ? [item.point] : []));
  return [
    ...(spans.length === 0 ? [] : [json('traces', tracesJson(spans))]),
    ...(logs.length === 0 ? [] : [json('logs', logsJson(logs))]),
    ...(points.length === 0 ? [] : [json('metrics', metricsJson(points))]),
  ];
}

/** The same with ids of sessions and traces that no other world has. */
function ofWorld(item: Item, world: number): Item {
  const trace = (short: string): string => `${world.toString(16)}0${short}`;
  const renamed = <T extends { attributes?: object; trace?: string }>(record: T): T => ({
    ...record,
    ...(record.trace !== undefined && { trace: trace(record.trace) }),
    attributes: Object.fromEntries(
      Object.entries(record.attributes ?? {}).map(([name, value]) => [
        name,
        /^session\.(previous_)?id$/.test(name) ? `${value} of ${world}` : value,
      ]),
    ),
  });
  if ('span' in item) return { span: renamed(item.span) };
  if ('log' in item) return { log: renamed(item.log) };
  return { point: renamed(item.point) };
}
