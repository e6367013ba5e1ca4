import assert from 'node:assert/strict';
import { AttributeNormalizer } from '../../src/normalize/attribute-normalizer.js';
import { callsOf, type Usage } from '../../src/normalize/facts.js';
import { createUsageReader } from '../../src/normalize/usage.js';
import { NONE, RECORD_SPAN, type RecordBatch } from '../../src/otlp/record-batch.js';
import { fragments } from '../../src/sessionize/fragment.js';
import { Group } from '../../src/sessionize/records.js';
import { type SessionCall, sessionVerdicts } from '../../src/sessionize/session-usage.js';
import { usageOf } from '../../src/sessionize/usage.js';
import { GroupKeys } from '../../src/store/records/group-keys.js';
import { compareSources, HeldSpan, heldLog, traceIdOf } from '../../src/store/records/held-records.js';
import {
  type LogSpec,
  logBatch,
  metricBatch,
  type PointSpec,
  type SpanSpec,
  spanBatch,
} from './telemetry.js';

/**
 * Support for tests of dialects: telemetry as a sender writes it, read by the registry's dialects and folded
 * as a store does.
 */

const START = 1_790_000_000_000_000_000n;

export type SpanDraft = Omit<SpanSpec, 'trace' | 'start' | 'end'> & Partial<SpanSpec>;
export type LogDraft = Omit<LogSpec, 'time'> & Partial<LogSpec>;
export type PointDraft = Omit<PointSpec, 'start' | 'time'> & Partial<PointSpec>;

export interface Telemetry {
  readonly spans?: readonly SpanDraft[];
  readonly logs?: readonly LogDraft[];
  readonly points?: readonly PointDraft[];
}

/** A span of trace 1 in autumn 2026, one second long. */
function spanSpec(draft: SpanDraft): SpanSpec {
  return { trace: '1', start: START, end: START + 1_000_000_000n, ...draft };
}

/** A log record at the end of those spans, in no trace. */
function logSpec(draft: LogDraft): LogSpec {
  return { time: START + 1_000_000_000n, ...draft };
}

/** A data point of the minute before. */
function pointSpec(draft: PointDraft): PointSpec {
  return { start: START - 60_000_000_000n, time: START, ...draft };
}

const normalizer = new AttributeNormalizer(undefined, createUsageReader());
const { priceOf } = normalizer;

function batchesOf({ spans = [], logs = [], points = [] }: Telemetry): RecordBatch[] {
  return [
    spanBatch(normalizer, spans.map(spanSpec)),
    logBatch(normalizer, logs.map(logSpec)),
    metricBatch(normalizer, points.map(pointSpec)),
  ];
}

/** Usage of a single span. */
export function usageOfSpan(draft: Omit<SpanDraft, 'span'>): Usage | undefined {
  const [batch] = batchesOf({ spans: [{ ...draft, span: '1' }] });
  return batch!.usages[batch!.usage[0]!];
}

/** Usage of a single log record. */
export function usageOfLog(draft: LogDraft): Usage | undefined {
  const [, batch] = batchesOf({ logs: [draft] });
  return batch!.usages[batch!.usage[0]!];
}

/** Usage of a single data point; undefined if it is not kept. */
export function usageOfPoint(draft: PointDraft): Usage | undefined {
  const [, , batch] = batchesOf({ points: [draft] });
  return batch!.count === 0 ? undefined : batch!.usages[batch!.usage[0]!];
}

/** The session that a span names. */
export function sessionOfSpan(
  attributes: NonNullable<SpanSpec['attributes']>,
  scope?: string,
): string | undefined {
  const [batch] = batchesOf({ spans: [{ span: '1', attributes, ...(scope !== undefined && { scope }) }] });
  return batch!.strings[batch!.session[0]!];
}

function groupsOf(telemetry: Telemetry): Group<HeldSpan>[] {
  const groups = new Map<string, Group<HeldSpan>>();
  const keys = new GroupKeys();
  for (const batch of batchesOf(telemetry)) {
    for (let index = 0; index < batch.count; index++) {
      assert.ok(batch.traceId[index] !== NONE || batch.session[index] !== NONE, 'a record without a place');
      const key = keys.of(batch, index);
      const group = groups.get(key) ?? new Group<HeldSpan>(traceIdOf(batch, index));
      groups.set(key, group);
      if (batch.kind[index] === RECORD_SPAN) group.addSpan(new HeldSpan({ batch, index }), compareSources);
      else group.addLog(heldLog(batch, index));
    }
  }
  return [...groups.values()];
}

/** Usages that count in one trace or other group, in any order. */
export function countedIn(telemetry: Telemetry): Usage[] {
  const groups = groupsOf(telemetry);
  assert.equal(groups.length, 1, 'telemetry of one group');
  return usageOf(groups[0]!, priceOf).counted.map(({ usage }) => usage);
}

/** Usages that count, by session. The order of the groups does not matter. */
export function countedBySession(telemetry: Telemetry): Record<string, Usage[]> {
  const calls = new Map<string, SessionCall[]>();
  for (const group of groupsOf(telemetry)) {
    for (const [session, fragment] of fragments(group, priceOf)) {
      calls.set(session, [...(calls.get(session) ?? []), ...fragment.calls]);
    }
  }
  return Object.fromEntries(
    [...calls].map(([session, list]) => {
      const count = (all: readonly SessionCall[]) =>
        sessionVerdicts(all, priceOf)
          .filter(({ reason }) => reason === undefined)
          .map(({ usage }) => usage);
      const counted = count(list);
      assert.deepEqual(count(list.toReversed()), counted, 'in whatever order');
      return [session, counted];
    }),
  );
}

/** The record's own values: without a list price, which follows from the rest and changes with the list. */
export function withoutCost(usage: Usage | undefined): Omit<Usage, 'costNanoUsd' | 'costSource'> | undefined {
  if (usage?.costSource !== 'list') return usage;
  const { costNanoUsd, costSource, ...rest } = usage;
  return rest;
}

/** Calls and their tokens, added up: the result that is independent of how they were reported. */
export function sumOf(usages: readonly Usage[]): { calls: number; input: number; output: number } {
  return {
    calls: usages.reduce((sum, usage) => sum + callsOf(usage), 0),
    input: usages.reduce((sum, { inputTokens }) => sum + (inputTokens ?? 0), 0),
    output: usages.reduce((sum, { outputTokens }) => sum + (outputTokens ?? 0), 0),
  };
}
