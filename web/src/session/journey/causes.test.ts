import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { OutlinedSpan, OutlinedTrace } from '../timeline/outline.js';
import { findCauses, reachOf } from './causes.js';
import type { Kind } from './things.js';

interface Made {
  readonly key: string;
  readonly kind: Kind;
  readonly record: { trace_id?: string; span_id?: string; log_id?: string };
  readonly owner?: string;
  readonly namedCause?: string;
}

function span(id: string, parentId?: string): OutlinedSpan {
  const common = { name: id, kind: 1, service: 'a', start: 0, end: 1, isError: false };
  return { id, parentId, ...common, otherSession: undefined };
}

function trace(id: string, spans: readonly OutlinedSpan[]): OutlinedTrace {
  return { id, name: id, start: 0, end: 1, spans, errorCount: 0 };
}

function made(kind: Kind, span_id: string | undefined, more: Partial<Made> = {}): Made {
  return { key: kind, kind, record: { trace_id: 't', ...(span_id !== undefined && { span_id }) }, ...more };
}

/** The keys of the causes of each thing. */
function causesOf(things: readonly Made[], spans: readonly OutlinedSpan[]): Record<string, string[]> {
  const { causes } = findCauses(things, [trace('t', spans)]);
  return Object.fromEntries(
    things.map(({ key }, index) => [key, causes[index]!.map((each) => things[each]!.key)]),
  );
}

describe('what caused what', () => {
  it('leads from a click over the request and the server to the turn, the model call and its answer', () => {
    const spans = [
      span('click'),
      span('fetch', 'click'),
      span('server', 'fetch'),
      span('inner', 'server'),
      span('agent', 'inner'),
      span('chat', 'agent'),
    ];
    const things = [
      made('page', undefined, { record: {} }),
      made('action', 'click', { owner: 'page' }),
      made('request', 'fetch', { owner: 'page' }),
      made('service', 'server'),
      made('user', 'chat'),
      made('call', 'chat'),
      made('assistant', 'chat'),
    ];
    assert.deepEqual(causesOf(things, spans), {
      page: [],
      action: ['page'],
      request: ['action'],
      service: ['request'],
      user: ['service'],
      call: ['user'],
      assistant: ['call'],
    });
    const reach = reachOf(findCauses(things, [trace('t', spans)]), 3);
    assert.deepEqual([...reach.causes].sort(), [0, 1, 2]);
    assert.deepEqual([...reach.effects].sort(), [4, 5, 6]);
  });

  it('is the page where spans tell nothing, and the call of a tool for its result', () => {
    const things = [
      made('page', undefined, { record: {} }),
      made('request', 'fetch', { owner: 'page' }),
      made('tool_call', 'chat'),
      made('tool_result', 'next', { namedCause: 'tool_call' }),
      made('call', 'next'),
    ];
    assert.deepEqual(causesOf(things, [span('fetch'), span('chat'), span('next', 'chat')]), {
      page: [],
      request: ['page'],
      tool_call: [],
      tool_result: ['tool_call'],
      call: ['tool_result'],
    });
  });

  it('puts errors and log records at the work that they happened in', () => {
    const things = [
      made('service', 'server'),
      made('exception', 'inner'),
      made('event', 'server', { record: { trace_id: 't', span_id: 'server', log_id: 'l' } }),
    ];
    assert.deepEqual(causesOf(things, [span('server'), span('inner', 'server')]), {
      service: [],
      exception: ['service'],
      event: ['service'],
    });
  });

  it('makes a page the effect of the click that opened it, never of the server that sent it', () => {
    const spans = [span('server'), span('load', 'server'), span('click'), span('route', 'click')];
    const things = [
      made('service', 'server'),
      made('page', 'load'),
      made('action', 'click'),
      made('page', 'route', { key: 'second' }),
    ];
    const causes = causesOf(things, spans);
    assert.deepEqual(causes.page, []);
    assert.deepEqual(causes.second, ['action']);
  });

  const kinds: readonly Kind[] = [
    'page',
    'action',
    'request',
    'service',
    'user',
    'call',
    'tool_call',
    'event',
  ];
  const id = fc.integer({ min: 0, max: 12 }).map(String);
  const anything = fc.record({
    spans: fc.uniqueArray(fc.record({ id, parent: fc.option(id) }), { selector: (each) => each.id }),
    things: fc.array(
      fc.record({
        kind: fc.constantFrom(...kinds),
        span: fc.option(id, { nil: undefined }),
        owner: fc.option(id, { nil: undefined }),
        namedCause: fc.option(id, { nil: undefined }),
      }),
      { maxLength: 30 },
    ),
  });

  it('has an end whatever the ids, also in circles; causes and effects are the same links', () => {
    fc.assert(
      fc.property(anything, ({ spans, things }) => {
        const list = things.map(({ kind, span: at, owner, namedCause }, index) =>
          made(kind, at, {
            key: String(index),
            ...(owner !== undefined && { owner }),
            ...(namedCause !== undefined && { namedCause }),
          }),
        );
        const found = findCauses(list, [
          trace(
            't',
            spans.map((each) => span(each.id, each.parent ?? undefined)),
          ),
        ]);
        for (const index of list.keys()) {
          assert.ok(!found.causes[index]!.includes(index));
          for (const cause of found.causes[index]!) assert.ok(found.effects[cause]!.includes(index));
          for (const effect of found.effects[index]!) assert.ok(found.causes[effect]!.includes(index));
          const { causes, effects } = reachOf(found, index);
          assert.ok(!causes.has(index) && !effects.has(index));
          for (const cause of causes) assert.ok(!effects.has(cause));
          for (const cause of found.causes[index]!) assert.ok(causes.has(cause));
        }
      }),
    );
  });
});
