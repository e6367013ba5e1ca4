import type { PriceOf, Usage } from '../normalize/facts.js';
import { isWeakId } from './call-id.js';
import { CallMarks } from './call-marks.js';
import { amountsForm, amountsOfForm, ModelSums } from './model-sums.js';
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
 * The usage of a session as a running sum over its calls (S17, S18). Most calls are told once, so the sum is enough; what is kept besides
 * is what shows that calls of different groups may be one (U16, U18), or what sums are of: `needsDeduplication` then, and all calls are kept in memory (session-calls.ts). A
 * session that was read from its row has them only after it was folded again.
 */
export class UsageSums extends UsageTotals {
  /**
   * Told calls before U16 and U18, by dialect: of each signal, and those superseded in their group as if that were a signal. What is not told
   * is not here.
   */
  readonly #told: Partial<Record<Reporter, NameCounts>> = {};
  /** How often the marks of calls were told (`#tell`). */
  #marks = new CallMarks();
  #needsDeduplication = false;
  /** Of a session that was read from its row; `signals` has those of all others. */
  #storedSignals: Signals | undefined;
  /** All calls, where calls of different groups may be one and all were at hand. Not encoded. */
  #calls: SessionCalls | undefined;

  /** Whether calls of different groups may be one. Stays true until the session is folded again. */
  get needsDeduplication(): boolean {
    return this.#needsDeduplication;
  }

  /** Whether there is any usage. */
  get isEmpty(): boolean {
    return this.requestCount + this.pointCount === 0;
  }

  /** The sum of these calls, in any order. */
  static of(calls: readonly SessionCall[], priceOf: PriceOf): UsageSums {
    const sums = new UsageSums();
    for (const call of calls) sums.#tell(call, 1);
    if (sums.#needsDeduplication) {
      sums.#calls = new SessionCalls(calls, priceOf);
      sums.setToSumOf([sums.#calls.totals()]);
    } else {
      for (const call of calls) sums.#add(call, 1);
    }
    return sums;
  }

  /** Calls that are kept in memory for that. */
  get heldCalls(): number {
    return this.#calls?.size ?? 0;
  }

  /** Takes calls out and puts others in. False where the sum has to be made anew. */
  exchange(old: readonly SessionCall[], replacement: readonly SessionCall[]): boolean {
    if (old.length === 0 && replacement.length === 0) return true;
    for (const call of old) this.#tell(call, -1);
    for (const call of replacement) this.#tell(call, 1);
    if (this.#needsDeduplication) {
      if (this.#calls?.exchange(old, replacement) !== true) {
        this.#calls = undefined;
        return false;
      }
      this.setToSumOf([this.#calls.totals()]);
      return true;
    }
    for (const call of old) this.#add(call, -1);
    for (const call of replacement) this.#add(call, 1);
    return true;
  }

  /** Marks of its calls, which may have to be taken in before calls are exchanged or `isShared` is asked. */
  get marks(): CallMarks {
    return this.#marks;
  }

  /**
   * Whether other calls may have a say in what becomes of one that counts in its group: they may be the same call, or have an id in common with it. Where they have none,
   * `reasonAlone` says what becomes of it.
   */
  isShared({ callIds, restOf }: Usage): boolean {
    if (callIds?.some((id) => this.#reportsOf(id) > 1) === true) return true;
    // A call that a rest is of may be joined to another by a further id, and have its tokens.
    return this.#needsDeduplication && restOf?.some((id) => this.#reportsOf(id) > 0) === true;
  }

  /** Why a call that counts in its group, and that no other call has a say in, does not count in the session; undefined where it does. */
  reasonAlone(usage: Usage): NotCounted | undefined {
    return this.#needsDeduplication ? verdictBySignal(usage, this.#signals) : undefined;
  }

  get #signals(): Signals {
    return this.#calls?.signals() ?? this.#storedSignals ?? NO_SIGNALS;
  }

  /** How many calls have this id, at most. */
  #reportsOf(id: string): number {
    const hash = hashOf(id);
    const marks = this.#marks;
    if (isWeakId(id)) return marks.count(hash ^ AT_ANY_TIME);
    return marks.count(hash ^ TOLD) + marks.count(hash ^ NOT_TOLD);
  }

  #tell(call: SessionCall, sign: 1 | -1): void {
    const { usage, superseded } = call;
    const { dialect, callIds } = usage;
    const teller = superseded === true ? 'superseded' : usage.signal;
    this.#reportedBy(teller).add(dialect, sign);
    for (const other of OTHER_TELLERS[teller])
      if (this.#told[other]?.has(dialect)) this.#needsDeduplication = true;
    if (superseded === true || callIds === undefined) return;
    const inputs = inputsOf(usage);
    for (const id of callIds) {
      if (!isWeakId(id)) this.#tellUnder(hashOf(id), inputs, sign);
      else this.#tellAt(call, hashOf(id), inputs, sign);
    }
  }

  /** An id that any call may have: only calls of one time can be one by it. */
  #tellAt(
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
      for (let step = from; step <= to; step++) this.#tellUnder(Math.imul(hash ^ step, PRIME), inputs, sign);
  }

  #tellUnder(hash: number, inputs: readonly number[], sign: 1 | -1): void {
    if (inputs.length === 0) {
      if (this.#marks.note(hash ^ NOT_TOLD, sign) > 1 || this.#has(hash ^ TOLD))
        this.#needsDeduplication = true;
      return;
    }
    this.#marks.note(hash ^ TOLD, sign);
    if (this.#has(hash ^ NOT_TOLD)) this.#needsDeduplication = true;
    for (const input of inputs) {
      if (this.#marks.note(Math.imul(hash ^ input, PRIME), sign) > 1) this.#needsDeduplication = true;
    }
  }

  #has(mark: number): boolean {
    return this.#marks.count(mark) > 0;
  }

  #reportedBy(teller: Reporter): NameCounts {
    this.#told[teller] ??= new NameCounts();
    return this.#told[teller];
  }

  #add({ usage, superseded }: SessionCall, sign: 1 | -1): void {
    if (superseded !== true) this.addUsage(usage, sign);
  }

  /** As it is stored; undefined where no call was told. */
  form(): UsageForm | undefined {
    let isTold = false;
    const reports: Partial<Record<Reporter, Record<string, number>>> = {};
    for (const reporter of REPORTERS) {
      const counts = countsForm(this.#told[reporter]?.entries() ?? []);
      if (counts === undefined) continue;
      reports[reporter] = counts;
      isTold = true;
    }
    if (!isTold) return undefined;
    const { all } = this;
    const models = this.models.form(all);
    const providers = countsForm(this.providers.entries());
    const marks = this.#marks.form();
    return {
      ...amountsForm(all),
      ...(models && { models }),
      ...(providers && { providers }),
      reports,
      ...(marks !== undefined && { marks }),
      ...(this.#needsDeduplication && { needsDeduplication: true, signals: signalsForm(this.#signals) }),
    };
  }

  static ofForm(form: UsageForm | undefined): UsageSums {
    const sums = new UsageSums();
    if (form === undefined) return sums;
    sums.all = amountsOfForm(form);
    sums.models = ModelSums.ofForm(form.models, sums.all);
    sums.providers = new NameCounts(countsOf(form.providers));
    for (const reporter of REPORTERS) {
      const counts = form.reports[reporter];
      if (counts !== undefined) sums.#told[reporter] = new NameCounts(countsOf(counts));
    }
    sums.#marks = CallMarks.ofForm(form.marks);
    sums.#needsDeduplication = form.needsDeduplication === true;
    if (form.signals !== undefined) sums.#storedSignals = signalsOfForm(form.signals);
    return sums;
  }
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

/** Beside which of the others a record of a dialect may not count, or keeps them from counting. */
const OTHER_TELLERS = {
  span: ['log', 'metric'],
  log: ['span', 'metric'],
  metric: ['span', 'log', 'superseded'],
  superseded: ['metric'],
} as const satisfies Record<Reporter, readonly Reporter[]>;

// Marks of a call by one of its ids. Two calls with the id may be one where they have an input in common (U16), or where one of them tells none.
const TOLD = 0x5f3759df;
const NOT_TOLD = 0x2545f491;
/** That it was told at all, of an id that any call may have. */
const AT_ANY_TIME = 0x6c078965;
const PRIME = 0x01000193;

/** The time of calls by an id that any call may have, in steps of 2^32 ns, some 4 seconds; longer calls are taken to meet any. */
const STEP_BITS = 32n;
const MOST_STEPS = 32;

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash >>> 0;
}
