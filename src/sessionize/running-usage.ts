import type { PriceOf, Usage } from '../normalize/facts.js';
import { fnv1a } from '../normalize/fnv-1a.js';
import { isWeakId } from './call-id.js';
import { CallMarks } from './call-marks.js';
import { exchangeGreatest, type GreatestCall, greatestOf, NO_CALL } from './greatest-call.js';
import { amountsForm, amountsOfForm, TotalsByModel } from './model-totals.js';
import { NameCounts } from './name-counts.js';
import { inputsOf, LOG_DELAY_NS } from './same-call.js';
import { SessionCalls } from './session-calls.js';
import { type SessionCall, type Signals, verdictBySignal } from './session-usage.js';
import {
  countsForm,
  countsOf,
  REPORTERS,
  type Reporter,
  type SignalForm,
  type UsageForm,
} from './stored-form.js';
import type { NotCounted } from './usage.js';
import { UsageTotals } from './usage-totals.js';

/**
 * The usage of a session as a running sum over its calls (S17, S18). Most calls are reported once, and the
 * sum is enough.
 *
 * Also tracks ids and signals, to detect that calls of different groups may be one (U16), or that aggregates
 * may be over reported calls (U18). From then on `needsDeduplication` is true, and all calls are kept in
 * memory (session-calls.ts). A session that was read from its row has them only after it was folded again.
 */
export class RunningUsage extends UsageTotals {
  /**
   * The number of reported calls before U16 and U18, by reporter and dialect. A reporter without calls is
   * left out.
   */
  readonly #reported: Partial<Record<Reporter, NameCounts>> = {};
  /** How often each mark of a call was noted (`#note`). */
  #marks = new CallMarks();
  #needsDeduplication = false;
  /** The signals of a session that was read from its row. */
  #storedSignals: Signals | undefined;
  #greatest = NO_CALL;
  /** All calls, if calls of different groups may be one and all were at hand. Not stored. */
  #calls: SessionCalls | undefined;

  /** Whether calls of different groups may be one. Stays true until the session is folded again. */
  get needsDeduplication(): boolean {
    return this.#needsDeduplication;
  }

  /** The greatest amounts of a call that counts in the session. */
  get greatestCall(): GreatestCall {
    return this.#greatest;
  }

  /** Whether there is any usage. */
  get isEmpty(): boolean {
    return this.requestCount + this.pointCount === 0;
  }

  /** The sum of these calls, in any order. */
  static of(calls: readonly SessionCall[], priceOf: PriceOf): RunningUsage {
    const sums = new RunningUsage();
    for (const call of calls) sums.#note(call, 1);
    if (sums.#needsDeduplication) {
      sums.#calls = new SessionCalls(calls, priceOf);
      sums.#takeFrom(sums.#calls);
    } else {
      for (const call of calls) sums.#add(call, 1);
      sums.#greatest = greatestOf(calls);
    }
    return sums;
  }

  /** The number of calls that are kept in memory for deduplication. */
  get heldCalls(): number {
    return this.#calls?.size ?? 0;
  }

  /** Replaces calls. Returns false if the sum has to be made again from all calls. */
  exchange(old: readonly SessionCall[], replacement: readonly SessionCall[]): boolean {
    if (old.length === 0 && replacement.length === 0) return true;
    for (const call of old) this.#note(call, -1);
    for (const call of replacement) this.#note(call, 1);
    if (this.#needsDeduplication) {
      if (this.#calls?.exchange(old, replacement) !== true) {
        this.#calls = undefined;
        return false;
      }
      this.#takeFrom(this.#calls);
      return true;
    }
    for (const call of old) this.#add(call, -1);
    for (const call of replacement) this.#add(call, 1);
    const greatest = exchangeGreatest(this.#greatest, greatestOf(old), greatestOf(replacement));
    this.#greatest = greatest ?? NO_CALL;
    return greatest !== undefined;
  }

  #takeFrom(calls: SessionCalls): void {
    this.setToSumOf([calls.totals()]);
    this.#greatest = calls.greatest();
  }

  /**
   * Marks of its calls. They may have to be loaded (`CallMarks.takeIn`) before `exchange` or `isShared` is
   * called.
   */
  get marks(): CallMarks {
    return this.#marks;
  }

  /**
   * Whether other calls may affect the verdict on a call that counts in its group: they may be the same call,
   * or share an id with it. If not, `reasonAlone` gives the verdict.
   */
  isShared({ callIds, restOf }: Usage): boolean {
    if (callIds?.some((id) => this.#reportsOf(id) > 1) === true) return true;
    // A call that the rest includes may be joined to another by a further id, and have its tokens.
    return this.#needsDeduplication && restOf?.some((id) => this.#reportsOf(id) > 0) === true;
  }

  /**
   * Why a call that counts in its group does not count in the session; undefined if it counts. Only for calls
   * that no other call affects (`isShared`).
   */
  reasonAlone(usage: Usage): NotCounted | undefined {
    return this.#needsDeduplication ? verdictBySignal(usage, this.#signals) : undefined;
  }

  get #signals(): Signals {
    return this.#calls?.signals() ?? this.#storedSignals ?? NO_SIGNALS;
  }

  /** The number of calls with this id, or more: marks may collide. */
  #reportsOf(id: string): number {
    const hash = hashOf(id);
    const marks = this.#marks;
    if (isWeakId(id)) return marks.count(hash ^ AT_ANY_TIME);
    return marks.count(hash ^ WITH_INPUT) + marks.count(hash ^ WITHOUT_INPUT);
  }

  #note(call: SessionCall, sign: 1 | -1): void {
    const { usage, superseded } = call;
    const { dialect, callIds } = usage;
    const reporter = superseded === true ? 'superseded' : usage.signal;
    this.#reportedBy(reporter).add(dialect, sign);
    for (const other of OTHER_REPORTERS[reporter])
      if (this.#reported[other]?.has(dialect)) this.#needsDeduplication = true;
    if (superseded === true || callIds === undefined) return;
    const inputs = inputsOf(usage);
    for (const id of callIds) {
      if (!isWeakId(id)) this.#noteUnder(hashOf(id), inputs, sign);
      else this.#noteAt(call, hashOf(id), inputs, sign);
    }
  }

  /** Notes a weak id, which any call may have: it joins only calls of the same time. */
  #noteAt(
    { startNs, endNs, usage }: SessionCall,
    hash: number,
    inputs: readonly number[],
    sign: 1 | -1,
  ): void {
    this.#marks.note(hash ^ AT_ANY_TIME, sign);
    const from = Number(startNs >> STEP_BITS);
    const to = Number((usage.signal === 'span' ? endNs + LOG_DELAY_NS : endNs) >> STEP_BITS);
    if (to - from >= MOST_STEPS) this.#needsDeduplication = true;
    else
      for (let step = from; step <= to; step++) this.#noteUnder(Math.imul(hash ^ step, PRIME), inputs, sign);
  }

  #noteUnder(hash: number, inputs: readonly number[], sign: 1 | -1): void {
    if (inputs.length === 0) {
      if (this.#marks.note(hash ^ WITHOUT_INPUT, sign) > 1 || this.#has(hash ^ WITH_INPUT))
        this.#needsDeduplication = true;
      return;
    }
    this.#marks.note(hash ^ WITH_INPUT, sign);
    if (this.#has(hash ^ WITHOUT_INPUT)) this.#needsDeduplication = true;
    for (const input of inputs) {
      if (this.#marks.note(Math.imul(hash ^ input, PRIME), sign) > 1) this.#needsDeduplication = true;
    }
  }

  #has(mark: number): boolean {
    return this.#marks.count(mark) > 0;
  }

  #reportedBy(reporter: Reporter): NameCounts {
    this.#reported[reporter] ??= new NameCounts();
    return this.#reported[reporter];
  }

  #add({ usage, superseded }: SessionCall, sign: 1 | -1): void {
    if (superseded !== true) this.addUsage(usage, sign);
  }

  /** The stored form; undefined if no call was reported. */
  form(): UsageForm | undefined {
    let hasReports = false;
    const reports: Partial<Record<Reporter, Record<string, number>>> = {};
    for (const reporter of REPORTERS) {
      const counts = countsForm(this.#reported[reporter]?.entries() ?? []);
      if (counts === undefined) continue;
      reports[reporter] = counts;
      hasReports = true;
    }
    if (!hasReports) return undefined;
    const { all } = this;
    const models = this.models.form(all);
    const providers = countsForm(this.providers.entries());
    const marks = this.#marks.form();
    const greatest = this.#greatest;
    return {
      ...amountsForm(all),
      ...(models && { models }),
      ...(providers && { providers }),
      reports,
      ...(greatest.costNanoUsd !== undefined && { dearest: greatest.costNanoUsd }),
      ...(greatest.durationNs !== undefined && { longest: greatest.durationNs }),
      ...(marks !== undefined && { marks }),
      ...(this.#needsDeduplication && { needsDeduplication: true, signals: signalsForm(this.#signals) }),
    };
  }

  static ofForm(form: UsageForm | undefined): RunningUsage {
    const sums = new RunningUsage();
    if (form === undefined) return sums;
    sums.all = amountsOfForm(form);
    sums.models = TotalsByModel.ofForm(form.models, sums.all);
    sums.providers = new NameCounts(countsOf(form.providers));
    for (const reporter of REPORTERS) {
      const counts = form.reports[reporter];
      if (counts !== undefined) sums.#reported[reporter] = new NameCounts(countsOf(counts));
    }
    sums.#greatest = greatestOfForm(form);
    sums.#marks = CallMarks.ofForm(form.marks);
    sums.#needsDeduplication = form.needsDeduplication === true;
    if (form.signals !== undefined) sums.#storedSignals = signalsOfForm(form.signals);
    return sums;
  }
}

/** The greatest amounts of a call in a stored form. */
export function greatestOfForm({ dearest, longest }: UsageForm): GreatestCall {
  return {
    ...(dearest !== undefined && { costNanoUsd: dearest }),
    ...(longest !== undefined && { durationNs: longest }),
  };
}

const NO_SIGNALS: Signals = new Map();

function signalsForm(signals: Signals): SignalForm[] {
  return Array.from(signals, ([dialect, { reports, first, haveIds }]) => ({
    dialect,
    ...(reports && { reports }),
    ...(first !== undefined && { first }),
    ...(haveIds && { haveIds }),
  }));
}

function signalsOfForm(form: readonly SignalForm[]): Signals {
  return new Map(
    form.map(({ dialect, reports = false, first, haveIds = false }) => [
      dialect,
      { reports, first, haveIds },
    ]),
  );
}

/**
 * For each reporter the others that, for the same dialect, keep it from counting or that it keeps from
 * counting.
 */
const OTHER_REPORTERS = {
  span: ['log', 'metric'],
  log: ['span', 'metric'],
  metric: ['span', 'log', 'superseded'],
  superseded: ['metric'],
} as const satisfies Record<Reporter, readonly Reporter[]>;

// Marks of a call by one of its ids. Two calls with the same id may be one if they have an input in common
// (U16), or if one of them reports no input.
const WITH_INPUT = 0x5f3759df;
const WITHOUT_INPUT = 0x2545f491;
/** The mark of a weak id at any time. */
const AT_ANY_TIME = 0x6c078965;
const PRIME = 0x01000193;

/**
 * The time of calls with weak ids is noted in steps of 2^32 ns, some 4 seconds. Calls over more steps may be
 * one with any other.
 */
const STEP_BITS = 32n;
const MOST_STEPS = 32;

function hashOf(text: string): number {
  return fnv1a(text) >>> 0;
}
