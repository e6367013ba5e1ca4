import { hasTokens, type Usage } from '../normalize/facts.js';
import { isWeakId } from './call-id.js';
import { type ByteString, compareInTime } from './records.js';

/** One report of a model call. For a log record `startNs` and `endNs` are its time. */
export interface CallReport {
  readonly usage: Usage;
  /** Identifies it. */
  readonly id: ByteString;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** How long after its end a call's log record may be written, ns. */
export const LOG_DELAY_NS = 1_000_000_000n;

/**
 * Maximum number of candidate reports that a report is compared with in each direction of time. It bounds the
 * work for ids that many calls share.
 */
const MOST_COMPARED = 32;

/** Maximum number of reports with different numbers or names per call; they do not contradict each other. */
const MOST_SHAPES = 32;

/**
 * The sets of reports that are one call because they share ids, directly or through others, and nothing
 * contradicts it (U16): those of two and more, each in the order of precedence. A pure function of the set of
 * records.
 *
 * In that order each report joins the first call with a shared id and without a contradicting report. If it
 * fits several calls that do not contradict each other, these are one. Weak ids join only reports of one
 * time; of two spans of one instrumentation, one has to contain the other. Costs n log n for n reports,
 * however many share an id.
 */
export function sameCalls<T extends CallReport>(records: readonly T[]): T[][] {
  const repeated = idsReportedTwice(records);
  if (repeated.size === 0) return [];
  const sharing = records.filter(({ usage }) => usage.callIds?.some((id) => repeated.has(id)));
  sharing.sort(compareReports);
  const places = new Places<T>();
  const calls: Call<T>[] = [];
  for (const [order, report] of sharing.entries()) {
    const ids = report.usage.callIds!.filter((id) => repeated.has(id));
    let call = new Call(report, order, ids);
    for (const other of places.callsNear(report, ids)) {
      if (other.isMerged || !call.mayBe(other)) continue;
      call = call.merge(other);
    }
    if (call.members.length === 1) calls.push(call);
    places.add(report, ids, call);
  }
  // A call continues in one that it was merged with, which may be a later one.
  const sets: T[][] = [];
  for (const call of new Set(calls.map((each) => each.now))) {
    if (call.members.length > 1) sets.push(call.members.sort(compareReports));
  }
  return sets.sort(([a], [b]) => compareReports(a!, b!));
}

/** Precedence of records of one call: the lower counts (U18), then the earlier. */
export function precedence({ signal, first }: Usage): number {
  if (first === true) return 0;
  return signal === 'span' ? 1 : signal === 'log' ? 2 : 3;
}

/** Orders by precedence, so that reports that count in place of others come first. */
export function compareReports(a: CallReport, b: CallReport): number {
  return precedence(a.usage) - precedence(b.usage) || compareInTime(a.startNs, a.id, b.startNs, b.id);
}

/** Most calls are reported once. This detects them before anything else is created. */
function idsReportedTwice(records: readonly CallReport[]): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { usage } of records) {
    if (usage.callIds === undefined) continue;
    for (const id of usage.callIds) {
      if (seen.has(id)) repeated.add(id);
      else seen.add(id);
    }
  }
  return repeated;
}

/** A call and its reports so far. */
class Call<T extends CallReport> {
  readonly members: T[];
  readonly #ids: Set<string>;
  /** Reports with different numbers or names. */
  readonly #shapes: Map<string, Usage>;
  /** Signal and scope of its reports. */
  readonly #reporters: Set<string>;
  /** The common time range of all spans, and the times of log records. */
  #spans: Times | undefined;
  #logs: Times | undefined;
  /** From the first to the last of all times. */
  #all: Times | undefined;
  /** Position of its first report in the order of all. */
  order: number;
  #goesOnIn: Call<T> | undefined;

  constructor(report: T, order: number, ids: readonly string[]) {
    const { usage, startNs, endNs } = report;
    this.members = [report];
    this.order = order;
    this.#ids = new Set(ids);
    this.#shapes = new Map([[shapeOf(usage), usage]]);
    this.#reporters = new Set(usage.scope === undefined ? [] : [`${usage.signal} ${usage.scope}`]);
    const times = { from: startNs, to: endNs };
    this.#all = times;
    if (usage.signal === 'span') this.#spans = times;
    else this.#logs = times;
  }

  /** The call that it was merged into; itself if it was not merged. */
  get now(): Call<T> {
    let at: Call<T> = this;
    while (at.#goesOnIn !== undefined) at = at.#goesOnIn;
    // Shortens the path for later calls.
    for (let each: Call<T> = this; each !== at; ) {
      const next: Call<T> = each.#goesOnIn!;
      each.#goesOnIn = at;
      each = next;
    }
    return at;
  }

  get isMerged(): boolean {
    return this.#goesOnIn !== undefined;
  }

  /** Whether both are one call: they share an id, and nothing contradicts it. */
  mayBe(other: Call<T>): boolean {
    const link = this.#linkTo(other);
    if (link === 'none' || (link === 'weak' && !this.#isOfTheTimeOf(other))) return false;
    if (this.#shapes.size + other.#shapes.size > MOST_SHAPES) return false;
    for (const own of this.#shapes.values()) {
      for (const usage of other.#shapes.values()) if (contradict(own, usage)) return false;
    }
    return true;
  }

  #linkTo(other: Call<T>): 'none' | 'weak' | 'strong' {
    const [few, many] = this.#ids.size <= other.#ids.size ? [this, other] : [other, this];
    let link: 'none' | 'weak' = 'none';
    for (const id of few.#ids) {
      if (!many.#ids.has(id)) continue;
      if (!isWeakId(id)) return 'strong';
      link = 'weak';
    }
    return link;
  }

  /**
   * Whether all spans overlap, within one instrumentation one around the other, and log records were written
   * in them or soon after.
   */
  #isOfTheTimeOf(other: Call<T>): boolean {
    if (this.#isReportedLike(other) && !this.#isAround(other) && !other.#isAround(this)) return false;
    const spans = common(this.#spans, other.#spans);
    const logs = spanned(this.#logs, other.#logs);
    if (spans !== undefined && spans.from > spans.to) return false;
    if (this.#logs !== undefined && other.#logs !== undefined && logs!.from !== logs!.to) return false;
    if (spans === undefined || logs === undefined) return true;
    return spans.from <= logs.from && logs.to <= spans.to + LOG_DELAY_NS;
  }

  /** Whether an instrumentation reports both by the same kind of record. */
  #isReportedLike(other: Call<T>): boolean {
    for (const reporter of this.#reporters) if (other.#reporters.has(reporter)) return true;
    return false;
  }

  /** Whether every span of this call contains the other's. */
  #isAround(other: Call<T>): boolean {
    if (this.#spans === undefined || other.#all === undefined) return false;
    return this.#spans.from <= other.#all.from && other.#all.to <= this.#spans.to;
  }

  /** Merges both; the smaller becomes part of the other. */
  merge(other: Call<T>): Call<T> {
    const [into, from] = this.members.length > other.members.length ? [this, other] : [other, this];
    into.order = Math.min(into.order, from.order);
    for (const member of from.members) into.members.push(member);
    for (const id of from.#ids) into.#ids.add(id);
    for (const [shape, usage] of from.#shapes) into.#shapes.set(shape, usage);
    for (const reporter of from.#reporters) into.#reporters.add(reporter);
    into.#spans = common(into.#spans, from.#spans);
    into.#logs = spanned(into.#logs, from.#logs);
    into.#all = spanned(into.#all, from.#all);
    from.#goesOnIn = into;
    return into;
  }
}

interface Times {
  readonly from: bigint;
  readonly to: bigint;
}

function common(a: Times | undefined, b: Times | undefined): Times | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { from: a.from > b.from ? a.from : b.from, to: a.to < b.to ? a.to : b.to };
}

function spanned(a: Times | undefined, b: Times | undefined): Times | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { from: a.from < b.from ? a.from : b.from, to: a.to > b.to ? a.to : b.to };
}

/** Index of reports by an id and compatible numbers. */
class Places<T extends CallReport> {
  /**
   * By id, then by lane and numbers. Each list is in order of time, because reports of one signal come in
   * that order.
   */
  readonly #lists = new Map<string, Map<string, Place<T>[]>>();

  add({ usage, startNs }: CallReport, ids: readonly string[], call: Call<T>): void {
    const place = { startNs, call };
    const lane = laneOf(usage);
    const keys = [...pairs(reportedAs(inputsOf(usage)), reportedAs(outputsOf(usage)))].map(
      (pair) => lane + pair,
    );
    for (const id of ids) {
      let lists = this.#lists.get(id);
      if (lists === undefined) {
        lists = new Map();
        this.#lists.set(id, lists);
      }
      for (const key of keys) {
        const list = lists.get(key);
        if (list === undefined) lists.set(key, [place]);
        else list.push(place);
      }
    }
  }

  /** Calls with one of these ids and compatible numbers, nearest in time, in the order of their first reports. */
  callsNear({ usage, startNs, endNs }: CallReport, ids: readonly string[]): Call<T>[] {
    const found = new Set<Call<T>>();
    let numbers: string[] | undefined;
    for (const id of ids) {
      const lists = this.#lists.get(id);
      // The first report of each id finds none.
      if (lists === undefined) continue;
      numbers ??= [...pairs(soughtOf(inputsOf(usage)), soughtOf(outputsOf(usage)))];
      const isWeak = isWeakId(id);
      for (const lane of LANES) {
        for (const pair of numbers) {
          const list = lists.get(lane + pair);
          if (list === undefined) continue;
          const end = firstAfter(list, isWeak ? endNs + LOG_DELAY_NS : startNs);
          const from = Math.max(0, end - MOST_COMPARED);
          const to = isWeak ? end : Math.min(list.length, end + MOST_COMPARED);
          for (let i = from; i < to; i++) found.add(list[i]!.call.now);
        }
      }
    }
    return [...found].sort((a, b) => a.order - b.order);
  }
}

interface Place<T extends CallReport> {
  readonly startNs: bigint;
  readonly call: Call<T>;
}

/** Index of the first place that starts after `ns`. */
function firstAfter<T extends CallReport>(list: readonly Place<T>[], ns: bigint): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.startNs <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Reports of one lane come in the order of their time. */
function laneOf({ signal, first }: Usage): Lane {
  return first === true ? 'f' : signal === 'span' ? 's' : 'l';
}
const LANES = ['f', 's', 'l'] as const;
type Lane = (typeof LANES)[number];

// Placeholders of numbers in a key.
/** Any number, reported or not, and an unreported number. */
const ANY = '*';
const NOT_TOLD = '-';

/**
 * The possible values of the input in another instrumentation, which may count the cache beside it. Two calls
 * that both report an input can be one only if they share one of these values. Empty if none is reported.
 */
export function inputsOf({ inputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 }: Usage): number[] {
  if (!isReported(inputTokens)) return NO_NUMBERS;
  if (cacheReadTokens === 0 && cacheWriteTokens === 0) return [inputTokens];
  const both = cacheReadTokens + cacheWriteTokens;
  return [
    ...new Set([
      inputTokens,
      inputTokens - cacheReadTokens,
      inputTokens - cacheWriteTokens,
      inputTokens - both,
    ]),
  ].filter((tokens) => tokens >= 0);
}

const NO_NUMBERS: number[] = [];

/** The same for the output, and reasoning. */
function outputsOf({ outputTokens, reasoningTokens = 0 }: Usage): number[] {
  if (!isReported(outputTokens)) return [];
  return reasoningTokens === 0 ? [outputTokens] : [outputTokens, outputTokens - reasoningTokens];
}

/** The keys under which a number is stored. */
function reportedAs(numbers: readonly number[]): (number | string)[] {
  return numbers.length === 0 ? [NOT_TOLD, ANY] : [...numbers, ANY];
}

/** A number matches its equal and an unreported one; an unreported one matches any. */
function soughtOf(numbers: readonly number[]): (number | string)[] {
  return numbers.length === 0 ? [ANY] : [...numbers, NOT_TOLD];
}

function* pairs(
  inputs: readonly (number | string)[],
  outputs: readonly (number | string)[],
): Iterable<string> {
  for (const input of inputs) for (const output of outputs) yield `${input} ${output}`;
}

/** The values of a report that another may contradict. */
function shapeOf(usage: Usage): string {
  const { model, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  const { inputAudioTokens, outputAudioTokens, cacheAudioReadTokens } = usage;
  const cost = hasTokens(usage) || usage.costSource !== 'reported' ? undefined : usage.costNanoUsd;
  return [
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens,
    inputAudioTokens,
    outputAudioTokens,
    cacheAudioReadTokens,
    cost,
    model,
  ].join(' ');
}

/**
 * Whether two reports cannot be of one call: they name different models, or a number that both report
 * differs. One may count the cache beside the input and reasoning beside the output. 0 is not a number. Costs
 * follow the senders' own price lists, and matter only if neither reports tokens.
 */
export function contradict(a: Usage, b: Usage): boolean {
  if (!mayBeOneModel(a.model, b.model)) return true;
  if (differ(a.cacheReadTokens, b.cacheReadTokens) || differ(a.cacheWriteTokens, b.cacheWriteTokens))
    return true;
  if (differ(a.reasoningTokens, b.reasoningTokens)) return true;
  if (differ(a.inputAudioTokens, b.inputAudioTokens) || differ(a.outputAudioTokens, b.outputAudioTokens)) {
    return true;
  }
  if (differ(a.cacheAudioReadTokens, b.cacheAudioReadTokens)) return true;
  if (isReported(a.inputTokens) && isReported(b.inputTokens) && !meet(inputsOf(a), inputsOf(b))) return true;
  if (isReported(a.outputTokens) && isReported(b.outputTokens) && !meet(outputsOf(a), outputsOf(b)))
    return true;
  if (hasTokens(a) || hasTokens(b)) return false;
  return a.costSource === 'reported' && b.costSource === 'reported' && differ(a.costNanoUsd, b.costNanoUsd);
}

function differ(a: number | undefined, b: number | undefined): boolean {
  return isReported(a) && isReported(b) && a !== b;
}

function isReported(number: number | undefined): number is number {
  return number !== undefined && number !== 0;
}

function meet(a: readonly number[], b: readonly number[]): boolean {
  return a.some((number) => b.includes(number));
}

/**
 * Compares a requested model and the one that answered: `gpt-4o` and `gpt-4o-2024-08-06`. Gateways and clouds
 * add the maker as prefix and a version as suffix: `openai/gpt-4o`,
 * `eu.anthropic.claude-sonnet-4-5-20250929-v1:0`, `models/gemini-2.5-pro`.
 */
export function mayBeOneModel(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || a === b) return true;
  const [first, second] = [bareName(a), bareName(b)];
  return first === second || first.startsWith(`${second}-`) || second.startsWith(`${first}-`);
}

function bareName(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return name
    .replace(/^(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek)\./, '')
    .replace(/:\d+$/, '')
    .replace('@', '-');
}
