import type { PriceOf, Usage } from '../normalize/facts.js';
import { isWeakId } from './call-id.js';
import { type EncodedModel, ModelSums } from './model-sums.js';
import { NameCounts } from './name-counts.js';
import { inputsOf, LOG_DELAY_NS } from './same-call.js';
import { SessionCalls } from './session-calls.js';
import type { SessionCall } from './session-usage.js';
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
  readonly #told: Partial<Record<Teller, NameCounts>> = {};
  /** How often the marks of calls were told (`#tell`): 32-bit hashes, of which two that are the same by chance cost time, and nothing else. */
  #ids = new Map<number, number>();
  #needsDeduplication = false;
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
      if (this.#calls === undefined) return false;
      this.#calls.exchange(old, replacement);
      this.setToSumOf([this.#calls.totals()]);
      return true;
    }
    for (const call of old) this.#add(call, -1);
    for (const call of replacement) this.#add(call, 1);
    return true;
  }

  /**
   * Whether other records have a say in what becomes of one, in other groups too: they may tell of the same call, or share an id with it. What becomes of all others
   * can be said from its group alone.
   */
  mayBeReportedTwice({ kind, dialect, callIds }: Usage): boolean {
    if (callIds?.some((id) => this.#isShared(id)) === true) return true;
    if (!this.#needsDeduplication) return false;
    const tellers = TELLERS.filter((teller) => this.#told[teller]?.has(dialect));
    if (tellers.some((teller) => OTHER_TELLERS[teller].some((other) => tellers.includes(other)))) return true;
    return kind === 'rest';
  }

  #isShared(id: string): boolean {
    const hash = hashOf(id);
    const count = (mark: number): number => this.#ids.get(mark >>> 0) ?? 0;
    return (isWeakId(id) ? count(hash ^ AT_ANY_TIME) : count(hash ^ TOLD) + count(hash ^ NOT_TOLD)) > 1;
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
    this.#note(hash ^ AT_ANY_TIME, sign);
    const from = Number(startNs >> STEP_BITS);
    const to = Number((usage.signal === 'span' ? endNs + LOG_DELAY_NS : endNs) >> STEP_BITS);
    if (to - from >= MOST_STEPS) this.#needsDeduplication = true;
    else
      for (let step = from; step <= to; step++) this.#tellUnder(Math.imul(hash ^ step, PRIME), inputs, sign);
  }

  #tellUnder(hash: number, inputs: readonly number[], sign: 1 | -1): void {
    if (inputs.length === 0) {
      if (this.#note(hash ^ NOT_TOLD, sign) > 1 || this.#has(hash ^ TOLD)) this.#needsDeduplication = true;
      return;
    }
    this.#note(hash ^ TOLD, sign);
    if (this.#has(hash ^ NOT_TOLD)) this.#needsDeduplication = true;
    for (const input of inputs) {
      if (this.#note(Math.imul(hash ^ input, PRIME), sign) > 1) this.#needsDeduplication = true;
    }
  }

  #has(mark: number): boolean {
    return this.#ids.has(mark >>> 0);
  }

  /** How often the mark is told then. */
  #note(mark: number, sign: 1 | -1): number {
    const key = mark >>> 0;
    const count = (this.#ids.get(key) ?? 0) + sign;
    if (count === 0) this.#ids.delete(key);
    else this.#ids.set(key, count);
    return count;
  }

  #reportedBy(teller: Teller): NameCounts {
    this.#told[teller] ??= new NameCounts();
    return this.#told[teller];
  }

  #add({ usage, superseded }: SessionCall, sign: 1 | -1): void {
    if (superseded !== true) this.addUsage(usage, sign);
  }

  /** As compact JSON for `decode`; 0 where no call was told. */
  encode(): EncodedUsage {
    const signals: [string, number][] = [];
    for (const teller of TELLERS) {
      for (const [dialect, count] of this.#told[teller]?.entries() ?? [])
        signals.push([`${teller} ${dialect}`, count]);
    }
    if (signals.length === 0) return 0;
    return [
      this.requestCount,
      String(this.inputTokens),
      String(this.outputTokens),
      String(this.costNanoUsd),
      this.pricedCount,
      this.unpricedCount,
      this.models.encode(this.all),
      this.providers.entries(),
      signals,
      this.#encodeIds(),
      this.#needsDeduplication ? 1 : 0,
      this.pointCount,
      this.unreportedCount,
    ];
  }

  /** The hashes as 32-bit integers, least byte first, in base64. */
  #encodeIds(): string {
    let length = 0;
    for (const count of this.#ids.values()) length += count;
    const bytes = Buffer.allocUnsafe(length * 4);
    let at = 0;
    for (const [hash, count] of this.#ids) for (let i = 0; i < count; i++) at = bytes.writeUInt32LE(hash, at);
    return bytes.toString('base64');
  }

  static decode(encoded: EncodedUsage): UsageSums {
    const sums = new UsageSums();
    if (encoded === 0) return sums;
    const [
      requests,
      input,
      output,
      cost,
      priced,
      unpriced,
      models,
      providers,
      signals,
      ids,
      needsDeduplication,
      points = 0,
      unreported = 0,
    ] = encoded;
    sums.requestCount = requests;
    sums.inputTokens = BigInt(input);
    sums.outputTokens = BigInt(output);
    sums.costNanoUsd = BigInt(cost);
    sums.pricedCount = priced;
    sums.unpricedCount = unpriced;
    sums.pointCount = points;
    sums.unreportedCount = unreported;
    sums.models = ModelSums.decode(models, sums.all);
    sums.providers = new NameCounts(providers);
    for (const [signal, count] of signals) {
      const at = signal.indexOf(' ');
      sums.#reportedBy(signal.slice(0, at) as Teller).add(signal.slice(at + 1), count);
    }
    const bytes = Buffer.from(ids, 'base64');
    for (let at = 0; at < bytes.length; at += 4) {
      const hash = bytes.readUInt32LE(at);
      sums.#ids.set(hash, (sums.#ids.get(hash) ?? 0) + 1);
    }
    sums.#needsDeduplication = needsDeduplication === 1;
    return sums;
  }
}

export type EncodedUsage =
  | 0
  | readonly [
      requestCount: number,
      inputTokens: string,
      outputTokens: string,
      costNanoUsd: string,
      pricedCount: number,
      unpricedCount: number,
      models: EncodedModel[],
      providers: [string, number][],
      signals: [string, number][],
      ids: string,
      needsDeduplication: 0 | 1,
      // Not in what was written before there were any.
      pointCount?: number,
      unreportedCount?: number,
    ];

const TELLERS = ['span', 'log', 'metric', 'superseded'] as const;
type Teller = (typeof TELLERS)[number];

/** Beside which of the others a record of a dialect may not count, or keeps them from counting. */
const OTHER_TELLERS = {
  span: ['log', 'metric'],
  log: ['span', 'metric'],
  metric: ['span', 'log', 'superseded'],
  superseded: ['metric'],
} as const satisfies Record<Teller, readonly Teller[]>;

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
