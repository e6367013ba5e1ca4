import { carriesUsage, type PriceOf, type Usage } from '../normalize/facts.js';
import { borrowAll, borrowNames, priced } from './better-numbers.js';
import { reportedTwice } from './endings.js';
import { Inheritance } from './inheritance.js';
import { type ByteString, type LogFacts, lastNsOf, type SpanFacts } from './records.js';
import { restsOf } from './rest.js';
import { takenApart } from './running-sums.js';
import { compareReports as compareNodes, contradict, mayBeOneModel, sameCalls } from './same-call.js';

/** The records of a group. */
export interface GroupRecords {
  readonly spans: ReadonlyMap<ByteString, SpanFacts>;
  readonly logs: ReadonlyMap<ByteString, LogFacts>;
}

/** A record with usage. */
export type UsageRecord = SpanFacts | LogFacts;

export function isLogRecord(usageRecord: UsageRecord): usageRecord is LogFacts {
  return 'timeNs' in usageRecord;
}

/** A model call (or aggregate of calls) that counts, and the record for which it counts. */
export interface CountedCall {
  readonly usageRecord: UsageRecord;
  /** The record's usage, including borrowed values. */
  readonly usage: Usage;
}

/** The usage of a group. */
export interface GroupUsage {
  readonly counted: readonly CountedCall[];
  /** Records that report calls and do not count. They too show that a dialect's calls are reported (U18). */
  readonly superseded: readonly CountedCall[];
}

/** Why a usage record does not count. The names are those of the API's `reason`. */
export const NotCounted = {
  /** It wraps calls that are reported themselves (U8). */
  wrapper: 'wrapper_of',
  /** A call below it is the same call, reported closer to where it happened (U7, U9). */
  nested: 'same_call_below',
  /** It is part of a call above it (U7, U8, U9). */
  inside: 'part_of',
  /** Another record has the same id of the call (U16). */
  sameId: 'same_call_id',
  /** Another instrumentation's record has the same model, tokens and time (U17). */
  alike: 'same_call_alike',
  /** Records of another signal report the session's usage of this dialect (U18). */
  signal: 'other_signal_counts',
  /** Another session reports the call as well, and it counts there (U24). */
  elsewhere: 'counted_in_other_session',
  /** A larger value of the same cumulative series counts (U19). */
  series: 'same_series',
} as const;
export type NotCounted = (typeof NotCounted)[keyof typeof NotCounted];

/**
 * The decision about a usage record: `reason` and, if there is one, the usage record that counts in its place
 * or supersedes it.
 */
export interface Verdict extends CountedCall {
  readonly reason: NotCounted | undefined;
  readonly by: UsageRecord | undefined;
}

/**
 * The model calls of a group, each once (docs/usage.md, U7 to U11, U16, U17, U19). Linear in the number of
 * records, except for similar ones. The result depends only on the set of records; its order is that of
 * `spans` and `logs`. It includes superseded records as far as they show that a dialect reports calls which
 * count for another.
 */
export function usageOf(group: GroupRecords, priceOf: PriceOf): GroupUsage {
  const counted: CountedCall[] = [];
  const superseded: CountedCall[] = [];
  for (const { usageRecord, usage, carries, counted: counts } of decided(group, priceOf)) {
    if (counts) counted.push({ usageRecord, usage });
    else if (carries && usage.kind !== 'sum') superseded.push({ usageRecord, usage });
  }
  return { counted, superseded };
}

/**
 * Every usage record of a group that reports a number, counts without one or reports the end of a call, with
 * the decision and its reason.
 */
export function verdicts(group: GroupRecords, priceOf: PriceOf): Verdict[] {
  return decided(group, priceOf)
    .filter(({ counted, carries, usage }) => counted || carries || usage.ends === true)
    .map(({ usageRecord, usage, reason, by }) => ({ usageRecord, usage, reason, by: by?.usageRecord }));
}

/** A record with usage, in the tree of such records. */
interface Node {
  readonly usageRecord: UsageRecord;
  /** Id of the usage record. */
  readonly id: ByteString;
  /** For a span with a parent. */
  readonly parentId: ByteString | undefined;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly isLog: boolean;
  /** Its usage, in the end including borrowed values. */
  usage: Usage;
  /** Whether it reports any number: tokens, or a cost. */
  readonly carries: boolean;
  /** The nearest span above with usage; undefined if there is none, and on a circle (U11). */
  parent: Node | undefined;
  /** State of the traversal in `parentsFirst`. */
  state: 'new' | 'on the way' | 'placed';
  /** The nearest model call above that carries usage. */
  callAbove: Node | undefined;
  // The calls and wrappers below: the deepest, and of equally deep ones the least by `compareNodes`.
  callBelow: Node | undefined;
  carryingCallBelow: Node | undefined;
  carryingWrapperBelow: Node | undefined;
  countedBelow: number;
  /** Numbers that a record below reports, as bits. */
  reportedBelow: number;
  counted: boolean;
  reason: NotCounted | undefined;
  by: Node | undefined;
}

function decided(group: GroupRecords, priceOf: PriceOf): readonly Node[] {
  const { spans, logs } = group;
  const pairs = spans.size < 2 ? [] : reportedTwice(spans);
  if (pairs.length === 0) return decidedOnce(group, new Map(), priceOf);
  // Both records stand for the call; the later one counts with the earlier.
  const usages = new Map<UsageRecord, Usage>(pairs.map(({ call, usage }) => [call, usage]));
  const endings = new Set<SpanFacts>(pairs.map(({ ending }) => ending));
  const rest = new Map([...spans].filter(([, span]) => !endings.has(span)));
  const nodes = decidedOnce({ spans: rest, logs }, usages, priceOf);
  const ofCalls = new Map(nodes.map((node) => [node.usageRecord, node]));
  const superseded = pairs.map(({ call, ending }) => {
    const node = nodeOf(ending, ending.usage!, ending.startNs, lastNsOf(ending));
    supersede(node, NotCounted.inside, ofCalls.get(call));
    return node;
  });
  return [...nodes, ...superseded];
}

/** `usages` has the usage of calls together with the records that report their ends. */
function decidedOnce(
  group: GroupRecords,
  usages: ReadonlyMap<UsageRecord, Usage>,
  priceOf: PriceOf,
): readonly Node[] {
  const nodes = nodesOf(group, usages);
  takeApart(nodes);
  if (nodes.length === 1 && nodes[0]!.carries && usages.size === 0) {
    nodes[0]!.counted = true;
    return nodes;
  }
  const fromTheTop = parentsFirst(nodes);
  for (const node of fromTheTop) {
    const { parent } = node;
    if (parent !== undefined) node.callAbove = isCarryingCall(parent) ? parent : parent.callAbove;
  }
  for (let i = fromTheTop.length - 1; i >= 0; i--) tellParent(fromTheTop[i]!);
  for (const node of fromTheTop) decide(node);
  for (let i = fromTheTop.length - 1; i >= 0; i--) {
    const node = fromTheTop[i]!;
    if (node.parent !== undefined) node.parent.countedBelow += node.countedBelow + (node.counted ? 1 : 0);
  }
  for (const node of fromTheTop) {
    const { callAbove } = node;
    if (callAbove === undefined || callAbove.counted || isReportedBySpan(node)) continue;
    if (callAbove.countedBelow === 1) node.usage = borrowAll(node.usage, [callAbove.usage]);
    else node.usage = borrowNames(node.usage, callAbove.usage);
  }
  lendModels(fromTheTop);
  lendToSpans(nodes);
  dropSeries(nodes);
  dropSameIds(nodes);
  dropAlike(nodes);
  for (const node of nodes) {
    if (node.counted) node.usage = priced(node.usageRecord.usage!, node.usage, node.startNs, priceOf);
  }
  for (const [wrapper, usage] of mayHaveRests(fromTheTop) ? restsOf(fromTheTop, priceOf) : NO_RESTS) {
    const rest = nodeOf(wrapper.usageRecord, usage, wrapper.startNs, wrapper.endNs);
    rest.counted = true;
    nodes.push(rest);
  }
  return nodes;
}

const NO_RESTS: readonly [Node, Usage][] = [];

// Bits of numbers reported below a wrapper.
const INPUT = 1;
const OUTPUT = 2;
const COST = 4;

/** U21: whether some wrapper may have a rest. Most have none, and this check is cheaper than computing rests. */
function mayHaveRests(fromTheTop: readonly Node[]): boolean {
  if (!fromTheTop.some(({ reason }) => reason === NotCounted.wrapper)) return false;
  for (let i = fromTheTop.length - 1; i >= 0; i--) {
    const node = fromTheTop[i]!;
    const { usage, parent } = node;
    if (node.reason === NotCounted.wrapper && node.carries) {
      if (usage.sumIsRight || (saidBy(usage, usage.costSource === 'reported') & ~node.reportedBelow) !== 0)
        return true;
    }
    if (parent === undefined) continue;
    const counts = node.counted ? node : node.by;
    parent.reportedBelow |= node.reportedBelow | (counts === undefined ? 0 : saidBy(counts.usage, true));
  }
  return false;
}

function saidBy({ inputTokens, outputTokens, costNanoUsd }: Usage, withCost: boolean): number {
  return (inputTokens ? INPUT : 0) | (outputTokens ? OUTPUT : 0) | (withCost && costNanoUsd ? COST : 0);
}

/** U22: calls with running totals get their own numbers, before any numbers are compared. */
function takeApart(nodes: readonly Node[]): void {
  if (nodes.length < 2 || !nodes.some(({ usage }) => usage.runningSum)) return;
  for (const [node, usage] of takenApart(nodes)) node.usage = usage;
}

function nodesOf({ spans, logs }: GroupRecords, usages: ReadonlyMap<UsageRecord, Usage>): Node[] {
  const nodes = new Map<UsageRecord, Node>();
  for (const span of spans.values()) {
    const usage = usages.get(span) ?? span.usage;
    if (usage !== undefined) nodes.set(span, nodeOf(span, usage, span.startNs, lastNsOf(span)));
  }
  const ofSpans = nodes.size;
  const above = new Inheritance(spans, (span) => nodes.get(span));
  if (ofSpans > 1) for (const [span, node] of nodes) node.parent = above.of(span as SpanFacts);
  for (const log of logs.values()) {
    if (log.usage === undefined) continue;
    const node = nodeOf(log, log.usage, log.timeNs, log.timeNs);
    const span = spans.get(log.spanId);
    if (span !== undefined && ofSpans > 0) node.parent = nodes.get(span) ?? above.of(span);
    nodes.set(log, node);
  }
  return [...nodes.values()];
}

function nodeOf(usageRecord: UsageRecord, usage: Usage, startNs: bigint, endNs: bigint): Node {
  return {
    usageRecord,
    id: usageRecord.id,
    parentId: isLogRecord(usageRecord) || usageRecord.parentId === '' ? undefined : usageRecord.parentId,
    startNs,
    endNs,
    isLog: isLogRecord(usageRecord),
    usage,
    carries: carriesUsage(usage),
    parent: undefined,
    state: 'new',
    callAbove: undefined,
    callBelow: undefined,
    carryingCallBelow: undefined,
    carryingWrapperBelow: undefined,
    countedBelow: 0,
    reportedBelow: 0,
    counted: false,
    reason: undefined,
    by: undefined,
  };
}

/**
 * Orders nodes so that each comes after its parent, and removes the parents of those that form a circle
 * (U11).
 */
function parentsFirst(nodes: readonly Node[]): Node[] {
  const placed: Node[] = [];
  const way: Node[] = [];
  for (const node of nodes) {
    let at: Node | undefined = node;
    while (at?.state === 'new') {
      at.state = 'on the way';
      way.push(at);
      at = at.parent;
    }
    if (at?.state === 'on the way') {
      for (const member of way.slice(way.indexOf(at))) member.parent = undefined;
    }
    for (let passed = way.pop(); passed !== undefined; passed = way.pop()) {
      passed.state = 'placed';
      placed.push(passed);
    }
  }
  return placed;
}

function tellParent(node: Node): void {
  const { parent, usage, carries } = node;
  if (parent === undefined || isReportedBySpan(node)) return;
  const isCall = usage.kind === 'call';
  parent.callBelow = least(parent.callBelow, node.callBelow ?? (isCall ? node : undefined));
  parent.carryingCallBelow = least(
    parent.carryingCallBelow,
    node.carryingCallBelow ?? (isCall && carries ? node : undefined),
  );
  parent.carryingWrapperBelow = least(
    parent.carryingWrapperBelow,
    node.carryingWrapperBelow ?? (!isCall && carries ? node : undefined),
  );
}

/** A log record in a call's span, of a dialect whose spans come first (U18): it is that call. */
function isReportedBySpan({ isLog, usage, callAbove }: Node): boolean {
  return isLog && usage.first !== true && callAbove !== undefined;
}

/**
 * U7 for model calls that carry usage, U8 for wrappers, U9 for model calls that carry none. Everything above
 * the node has been decided.
 */
function decide(node: Node): void {
  const { usage, carries, callAbove, carryingCallBelow, callBelow, carryingWrapperBelow } = node;
  if (isReportedBySpan(node)) {
    supersede(node, NotCounted.inside, callAbove);
  } else if (isCarryingCall(node)) {
    if (carryingCallBelow === undefined || isAnotherThan(node, carryingCallBelow)) node.counted = true;
    else supersede(node, NotCounted.nested, carryingCallBelow);
  } else if (callAbove?.counted) {
    // If a call above has been superseded, all calls above that one have been, too.
    supersede(node, NotCounted.inside, callAbove);
  } else if (usage.kind === 'call') {
    if (callBelow === undefined) node.counted = true;
    else supersede(node, NotCounted.nested, carryingCallBelow ?? callBelow);
  } else {
    const wrapped = carryingCallBelow ?? callBelow ?? carryingWrapperBelow;
    if (wrapped !== undefined) supersede(node, NotCounted.wrapper, wrapped);
    else node.counted = carries;
  }
}

/**
 * U7: calls of one instrumentation with different ids are different calls, even if one is below the other,
 * and so are those with one id that contradict each other. Between instrumentations ids may be of different
 * kinds.
 */
function isAnotherThan({ usage }: Node, below: Node): boolean {
  const [own, other] = [usage.callIds, below.usage.callIds];
  if (own === undefined || other === undefined || usage.dialect !== below.usage.dialect) return false;
  if (usage.scope !== below.usage.scope) return false;
  return !own.some((id) => other.includes(id)) || contradict(usage, below.usage);
}

function supersede(node: Node, reason: NotCounted, by: Node | undefined): void {
  node.counted = false;
  node.reason = reason;
  node.by = by;
}

function isCarryingCall({ usage, carries }: Node): boolean {
  return carries && usage.kind === 'call';
}

/**
 * U10: if a dialect writes the model of a call on the wrapper around it, the nearest wrapper that names one
 * lends it.
 */
function lendModels(fromTheTop: readonly Node[]): void {
  if (!fromTheTop.some(isModelLender)) return;
  const lenders = new Map<Node, Node>();
  for (const node of fromTheTop) {
    const { parent, usage } = node;
    const lender = parent && (isModelLender(parent) ? parent : lenders.get(parent));
    if (lender === undefined) continue;
    lenders.set(node, lender);
    if (usage.kind === 'call' && usage.model === undefined && usage.dialect === lender.usage.dialect) {
      node.usage = borrowNames(usage, lender.usage);
    }
  }
}

function isModelLender({ usage }: Node): boolean {
  return usage.lendsModel === true && usage.model !== undefined;
}

/** Values of a log record that its span's call lacks go to the span (U10). */
function lendToSpans(nodes: readonly Node[]): void {
  const lenders = new Map<Node, Node[]>();
  for (const node of nodes) {
    const { by, reason } = node;
    if (reason !== NotCounted.inside || !by?.counted || !isReportedBySpan(node)) continue;
    const known = lenders.get(by);
    if (known === undefined) lenders.set(by, [node]);
    else known.push(node);
  }
  for (const [span, logs] of lenders) lend(span, logs.sort(compareNodes));
}

/**
 * U19: of the points of a cumulative series the largest counts. They have the same time, so they are in one
 * group.
 */
function dropSeries(nodes: readonly Node[]): void {
  if (!nodes.some(({ usage }) => usage.series !== undefined)) return;
  const largest = new Map<string, Node>();
  for (const node of nodes) {
    const { series } = node.usage;
    if (series === undefined) continue;
    const known = largest.get(series);
    if (known === undefined || compareSums(node, known) < 0) largest.set(series, node);
  }
  for (const node of nodes) {
    const counts = node.usage.series === undefined ? node : largest.get(node.usage.series);
    if (counts !== node) supersede(node, NotCounted.series, counts);
  }
}

/** Points of one series, the largest first; all of them add to the same numbers. */
function compareSums(a: Node, b: Node): number {
  return sumOf(b.usage) - sumOf(a.usage) || compareNodes(a, b);
}

function sumOf({ inputTokens, outputTokens, cacheReadTokens, costNanoUsd }: Usage): number {
  return (inputTokens ?? 0) + (outputTokens ?? 0) + (cacheReadTokens ?? 0) + (costNanoUsd ?? 0);
}

/**
 * U16: of counted records that share an id of the call, directly or through others, the first by precedence
 * counts.
 */
function dropSameIds(nodes: readonly Node[]): void {
  if (nodes.length < 2) return;
  for (const set of sameCalls(nodes.filter(({ counted }) => counted))) {
    const [first, ...others] = set;
    for (const other of others) supersede(other, NotCounted.sameId, first);
    lend(first!, others);
  }
}

/** Maximum number of candidates that a record is compared with. It bounds the work for malicious traces. */
const MOST_COMPARED = 32;

/**
 * U17: without a common id, two records of different instrumentations are the same call if their times
 * overlap, the models may be equal, and the tokens are the same or one of them has none. Each instrumentation
 * reports a call once.
 */
function dropAlike(nodes: readonly Node[]): void {
  const candidates = nodes.filter(({ counted, usage }) => counted && usage.kind === 'call');
  if (candidates.length < 2) return;
  const scope = candidates[0]!.usage.scope;
  if (candidates.every(({ usage }) => usage.scope === scope)) return;
  candidates.sort(compareNodes);
  const byNumbers = new Map<string, Node[]>();
  for (const node of candidates) {
    if (!node.carries) continue;
    const key = `${node.usage.inputTokens} ${node.usage.outputTokens}`;
    const known = byNumbers.get(key);
    if (known === undefined) byNumbers.set(key, [node]);
    else known.push(node);
  }
  const scopesOf = new Map<Node, Set<string | undefined>>();
  for (const alike of byNumbers.values()) {
    for (const [i, node] of alike.entries()) {
      for (const other of alike.slice(i + 1, i + 1 + MOST_COMPARED)) joinAlike(node, other, scopesOf);
    }
  }
  const carrying = candidates.filter((node) => node.carries && node.counted).sort(byStart);
  for (const node of candidates) {
    if (node.carries) continue;
    const end = firstAfter(carrying, node.endNs);
    for (const other of carrying.slice(Math.max(0, end - MOST_COMPARED), end)) {
      if (joinAlike(other, node, scopesOf)) break;
    }
  }
}

/** Joins `other` to `node` if it may be the same call. `scopesOf` has the scopes that reported each call. */
function joinAlike(node: Node, other: Node, scopesOf: Map<Node, Set<string | undefined>>): boolean {
  if (!node.counted || !other.counted || !overlap(node, other)) return false;
  const { scope, callIds, model } = other.usage;
  const scopes = scopesOf.get(node) ?? new Set([node.usage.scope]);
  if (scopes.has(scope) || (node.usage.callIds !== undefined && callIds !== undefined)) return false;
  if (!mayBeOneModel(node.usage.model, model)) return false;
  scopesOf.set(node, scopes.add(scope));
  supersede(other, NotCounted.alike, node);
  lend(node, [other]);
  return true;
}

/** Index of the first node that starts after `ns`; `nodes` are in order of start. */
function firstAfter(nodes: readonly Node[], ns: bigint): number {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (nodes[middle]!.startNs <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

function overlap(a: Node, b: Node): boolean {
  return a.startNs <= b.endNs && b.startNs <= a.endNs;
}

/** Values that other reports of the call of `first`, which counts, have in addition become its own (U10). */
function lend(first: Node, others: readonly Node[]): void {
  first.usage = borrowAll(
    first.usage,
    others.map(({ usage }) => usage),
  );
}

function byStart(a: Node, b: Node): number {
  return a.startNs === b.startNs ? compareNodes(a, b) : a.startNs < b.startNs ? -1 : 1;
}

function least(a: Node | undefined, b: Node | undefined): Node | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareNodes(a, b) <= 0 ? a : b;
}
