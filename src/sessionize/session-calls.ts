import { carriesUsage, hasTokens, type PriceOf, type Usage } from '../normalize/facts.js';
import { borrowAll, priced } from './better-numbers.js';
import { amountsOfCall, type GreatestCall, greaterOf, NO_CALL, reaches } from './greatest-call.js';
import { NameCounts } from './name-counts.js';
import { precedence, sameCalls } from './same-call.js';
import type { SessionCall, Signals } from './session-usage.js';
import { UsageTotals } from './usage-totals.js';

/**
 * The calls of a session in which several groups report the same calls. A change costs as much as the calls
 * it affects: those joined to a changed one by ids (U16), whatever the number of others. The effect of
 * dialects and signals (U18) follows from totals by class. The totals equal those of `sessionVerdicts` over
 * all calls.
 *
 * Memory: some 300 bytes a call.
 */
export class SessionCalls {
  readonly #priceOf: PriceOf;
  readonly #members = new Map<string, Member>();
  /** Calls by id, without the superseded ones. */
  readonly #byId = new Map<string, Set<Member>>();
  readonly #classes = new Map<string, CallClass>();
  readonly #rests = new Set<Member>();
  /** The number of records with usage of calls by dialect, whether they count or not. */
  readonly #reporting = new NameCounts();
  /** By call id: the number of calls that have this id, several reports, and reported tokens. */
  readonly #reportedIds = new NameCounts();

  constructor(calls: readonly SessionCall[], priceOf: PriceOf) {
    this.#priceOf = priceOf;
    this.exchange([], calls);
  }

  /** The number of calls, including those that do not count. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Replaces calls. Returns false if one of `old` is not here: then this object is of no use any more, and
   * all calls have to be summed again.
   */
  exchange(old: readonly SessionCall[], replacement: readonly SessionCall[]): boolean {
    const changed = new Set<Member>();
    const ids = new Set<string>();
    for (const call of old) {
      const member = this.#members.get(keyOf(call));
      if (member === undefined) return false;
      this.#members.delete(keyOf(call));
      this.#remove(member);
      changed.delete(member);
      for (const id of idsOf(call)) ids.add(id);
    }
    for (const call of replacement) {
      const member: Member = { call, outcome: undefined };
      this.#members.set(keyOf(call), member);
      this.#add(member);
      if (call.superseded !== true) changed.add(member);
    }
    this.#decide(this.#joined(changed, ids));
    return true;
  }

  /** The totals over the calls that count. */
  totals(): UsageTotals {
    const totals = new UsageTotals();
    totals.setToSumOf(this.#counted());
    return totals;
  }

  /** The greatest amounts of a call that counts. */
  greatest(): GreatestCall {
    const counted = [...this.#countedClasses(this.#firsts())];
    const unknown = new Set(counted.filter(({ greatest }) => greatest === undefined));
    if (unknown.size > 0) {
      for (const of of unknown) of.greatest = NO_CALL;
      for (const { call, outcome } of this.#members.values()) {
        if (outcome?.of === undefined || !unknown.has(outcome.of)) continue;
        outcome.of.greatest = greaterOf(
          outcome.of.greatest!,
          amountsOfCall({ ...call, usage: outcome.usage }),
        );
      }
    }
    return counted.reduce((sum, { greatest }) => greaterOf(sum, greatest!), NO_CALL);
  }

  *#countedClasses(firsts: Firsts): Generator<CallClass> {
    for (const of of this.#classes.values()) {
      const { kind, dialect, rank, haveIds } = of;
      if (kind === 'sum') {
        if (!this.#reporting.has(dialect)) yield of;
        continue;
      }
      const first = kind === 'reporting' ? firsts.get(dialect) : undefined;
      if (first === undefined || first.rank === rank || (haveIds && first.haveIds)) yield of;
    }
  }

  *#counted(): Generator<UsageTotals> {
    const firsts = this.#firsts();
    for (const { totals } of this.#countedClasses(firsts)) yield totals;
    const rests = new UsageTotals();
    for (const { call, outcome } of this.#rests) {
      const { usage } = call;
      const first = firsts.get(usage.dialect);
      if (first !== undefined && first.rank !== precedence(usage)) continue;
      if (usage.restOf?.some((id) => this.#reportedIds.has(id)) === true) continue;
      rests.addUsage(outcome!.usage, 1);
    }
    yield rests;
  }

  /** The signals of each dialect (U18). */
  signals(): Signals {
    const firsts = this.#firsts();
    const dialects = new Set([...this.#reporting.names(), ...firsts.keys()]);
    return new Map(
      Array.from(dialects, (dialect) => {
        const first = firsts.get(dialect);
        const reports = this.#reporting.has(dialect);
        return [dialect, { reports, first: first?.rank, haveIds: first?.haveIds === true }] as const;
      }),
    );
  }

  /** By dialect: the precedence of the records that come first, and whether all of these have ids. */
  #firsts(): Firsts {
    const firsts: Firsts = new Map();
    for (const { kind, dialect, rank, haveIds } of this.#classes.values()) {
      if (kind !== 'reporting') continue;
      const first = firsts.get(dialect);
      if (first === undefined || rank < first.rank) firsts.set(dialect, { rank, haveIds });
      else if (rank === first.rank) first.haveIds &&= haveIds;
    }
    return firsts;
  }

  #add(member: Member): void {
    const { usage } = member.call;
    if (usage.kind !== 'sum' && carriesUsage(usage)) this.#reporting.add(usage.dialect, 1);
    for (const id of idsOf(member.call)) {
      const members = this.#byId.get(id);
      if (members === undefined) this.#byId.set(id, new Set([member]));
      else members.add(member);
    }
  }

  #remove(member: Member): void {
    const { usage } = member.call;
    if (usage.kind !== 'sum' && carriesUsage(usage)) this.#reporting.add(usage.dialect, -1);
    for (const id of idsOf(member.call)) {
      const members = this.#byId.get(id)!;
      members.delete(member);
      if (members.size === 0) this.#byId.delete(id);
    }
    this.#withdraw(member);
  }

  /** These members, and all that share ids with them or have one of `ids`, directly or through others. */
  #joined(changed: ReadonlySet<Member>, ids: ReadonlySet<string>): Set<Member> {
    const joined = new Set(changed);
    const seen = new Set<string>();
    const visit = (id: string): void => {
      if (seen.has(id)) return;
      seen.add(id);
      for (const member of this.#byId.get(id) ?? []) joined.add(member);
    };
    for (const id of ids) visit(id);
    // Iterating a set includes members that are added meanwhile.
    for (const { call } of joined) for (const id of idsOf(call)) visit(id);
    return joined;
  }

  /** Decides which of these calls count. They share no id with any other call. */
  #decide(members: ReadonlySet<Member>): void {
    const memberOf = new Map<SessionCall, Member>();
    for (const member of members) {
      this.#withdraw(member);
      memberOf.set(member.call, member);
    }
    const usages = new Map<Member, Usage>();
    const superseded = new Set<Member>();
    for (const [first, ...others] of sameCalls([...memberOf.keys()])) {
      for (const other of others) superseded.add(memberOf.get(other)!);
      const { usage: reported, startNs } = first!;
      const usage = borrowAll(
        reported,
        others.map((other) => other.usage),
      );
      const member = memberOf.get(first!)!;
      usages.set(member, priced(reported, usage, startNs, this.#priceOf));
      if (hasTokens(usage)) member.reportedIds = usage.callIds!;
    }
    for (const member of members) {
      if (superseded.has(member)) continue;
      this.#count(member, usages.get(member) ?? member.call.usage);
    }
  }

  /** Adds the usage of a counting call to its class. */
  #count(member: Member, usage: Usage): void {
    const reported = member.call.usage;
    for (const id of member.reportedIds ?? []) this.#reportedIds.add(id, 1);
    if (reported.kind === 'rest') {
      member.outcome = { usage, of: undefined };
      this.#rests.add(member);
      return;
    }
    const kind = reported.kind === 'sum' ? 'sum' : carriesUsage(reported) ? 'reporting' : 'silent';
    const [rank, haveIds] = [precedence(reported), reported.callIds !== undefined];
    const key = `${kind} ${rank} ${haveIds} ${reported.dialect}`;
    let of = this.#classes.get(key);
    if (of === undefined) {
      const { dialect } = reported;
      of = { key, kind, dialect, rank, haveIds, size: 0, totals: new UsageTotals(), greatest: NO_CALL };
      this.#classes.set(key, of);
    }
    of.size++;
    of.totals.addUsage(usage, 1);
    if (of.greatest !== undefined) {
      of.greatest = greaterOf(of.greatest, amountsOfCall({ ...member.call, usage }));
    }
    member.outcome = { usage, of };
  }

  /** Undoes `#count`. */
  #withdraw(member: Member): void {
    const { outcome, reportedIds } = member;
    for (const id of reportedIds ?? []) this.#reportedIds.add(id, -1);
    delete member.reportedIds;
    member.outcome = undefined;
    if (outcome === undefined) return;
    const { usage, of } = outcome;
    if (of === undefined) {
      this.#rests.delete(member);
      return;
    }
    of.size--;
    of.totals.addUsage(usage, -1);
    const { call } = member;
    if (of.greatest !== undefined && reaches(amountsOfCall({ ...call, usage }), of.greatest)) {
      of.greatest = undefined;
    }
    if (of.size === 0) this.#classes.delete(of.key);
  }
}

type Firsts = Map<string, { rank: number; haveIds: boolean }>;

/** A call, and its outcome among the calls that it is joined to. */
interface Member {
  readonly call: SessionCall;
  /**
   * The usage that counts, and the class that it is added to: undefined for a rest. No outcome if another
   * report of the same call counts.
   */
  outcome: { readonly usage: Usage; readonly of: CallClass | undefined } | undefined;
  /** For the counting report of a call with several reports, one of which has tokens: the ids of the call. */
  reportedIds?: readonly string[];
}

/** Calls that either all count or all do not: those of one dialect and precedence, with ids or without. */
interface CallClass {
  readonly key: string;
  readonly kind: 'sum' | 'reporting' | 'silent';
  readonly dialect: string;
  readonly rank: number;
  readonly haveIds: boolean;
  size: number;
  readonly totals: UsageTotals;
  /** The greatest amounts of its calls; undefined if they have to be compared again. */
  greatest: GreatestCall | undefined;
}

/** Unique in the session. A rest has the id of its wrapper, and needs a key of its own. */
function keyOf({ id, usage }: SessionCall): string {
  return usage.kind === 'rest' ? `${id}+` : id;
}

function idsOf({ superseded, usage }: SessionCall): readonly string[] {
  return superseded === true ? NO_IDS : (usage.callIds ?? NO_IDS);
}

const NO_IDS: readonly string[] = [];
