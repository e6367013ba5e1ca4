import type { PriceOf } from '../normalize/facts.js';
import {
  type Earliest,
  earliestForm,
  earliestOf,
  earliestOfForm,
  exchange,
  type FirstSeen,
  NOTHING_SAID,
  type Traits,
  traitsOf,
} from './earliest.js';
import { ExceptionSums, NO_EXCEPTIONS } from './exception-sums.js';
import type { Fragment } from './fragment.js';
import { NameCounts } from './name-counts.js';
import type { SessionCall } from './session-usage.js';
import {
  type AggregateForm,
  aggregateText,
  countsForm,
  countsOf,
  type FirstSeenForm,
  FORM_VERSION,
  parseAggregates,
} from './stored-form.js';
import {
  atMost,
  type Believed,
  believe,
  exchangeAtMost,
  firstAhead,
  NO_STRETCHES,
  type SessionTimes,
  type Stretches,
  stretchesForm,
  stretchesOf,
  stretchesOfForm,
} from './stretches.js';
import { UsageSums } from './usage-sums.js';
import { NO_USERS, UserCounts } from './user-counts.js';
import { NO_VISIT, VisitSums } from './visit.js';

/** Activity that begins up to this long after an end does not open a session again: what a page reports when it is left. */
const EPILOGUE_NS = 10_000_000_000n;

/** Most stretches of times that are kept of a session: eight years of working weeks. */
const MAX_STRETCHES = 400;

const MAX_TIME_NS = 2n ** 63n - 1n;

const NO_TIMES: SessionTimes = { starts: NO_STRETCHES, ends: NO_STRETCHES, lifecycleEvents: NO_STRETCHES };

/**
 * A session as the running sum of its fragments (S17, S18): what is needed to show it and to change it, without the
 * records. The store keeps it as `encodeSums` and `encodeEarliest`.
 */
export class Session {
  readonly id: string;
  /** Fragments with records; the session exists while there is one (S14). */
  groups = 0;
  /** Fragments of any kind: while there is one, the session must be remembered. */
  fragments = 0;
  explicitGroups = 0;
  /** Fragments with records that are here for their user (S40). */
  userGroups = 0;
  /** Fragments of nothing but calls that count in other sessions (U24). */
  echoGroups = 0;
  /** Fragments of nothing but requests that no visitor makes (S25). */
  quietGroups = 0;
  traceCount = 0;
  spanCount = 0;
  logCount = 0;
  errorCount = 0;
  #times: SessionTimes = NO_TIMES;
  #believedUntilNs = MAX_TIME_NS;
  #believed: Believed | undefined;
  /** What was last made of `earliest`: a write of the session asks for it several times. */
  #traits: { readonly of: Earliest; readonly shown: Traits } | undefined;
  earliest: Earliest = NOTHING_SAID;
  services = new NameCounts();
  usage = new UsageSums();
  users = new UserCounts();
  visit = new VisitSums();
  exceptions = new ExceptionSums();

  constructor(id: string) {
    this.id = id;
  }

  /** Whether it is named by its trace alone (S16). */
  get isImplicit(): boolean {
    return this.explicitGroups === 0 && this.userGroups === 0;
  }

  /** Whether nothing in it is its own: named by no record, and all of its calls count in other sessions (S16). */
  get isEcho(): boolean {
    return this.explicitGroups === 0 && this.groups > 0 && this.echoGroups === this.groups;
  }

  /** Whether nothing in it is a visitor's: named by its trace alone, which is of requests that no visitor makes (S25). */
  get isQuiet(): boolean {
    return this.isImplicit && this.groups > 0 && this.quietGroups === this.groups;
  }

  /** Whether anything in it failed: a span by its status, or an exception by whatever tells of it. */
  get hasErrors(): boolean {
    return this.errorCount > 0 || !this.exceptions.isEmpty;
  }

  /** What it shows of who and where. */
  get traits(): Traits {
    if (this.#traits?.of !== this.earliest) {
      this.#traits = { of: this.earliest, shown: traitsOf(this.earliest) };
    }
    return this.#traits.shown;
  }

  /** Believes times up to this one, and none that is later (S21). Until it is told, and when it was written without a later one, it believes all. */
  believeUntil(untilNs: bigint): void {
    this.#believedUntilNs = untilNs;
    this.#believed = undefined;
  }

  get #span(): Believed {
    this.#believed ??= believe(this.#times, this.#believedUntilNs);
    return this.#believed;
  }

  get startNs(): bigint {
    return this.#span.startNs;
  }

  get lastNs(): bigint {
    return this.#span.lastNs;
  }

  get endEventNs(): bigint | undefined {
    return this.#span.endEventNs;
  }

  /** Times of its records that are not believed. */
  get timesSetAside(): number {
    return this.#span.setAside;
  }

  /** Whether it has ended (S13). */
  get hasEnded(): boolean {
    const { endEventNs, lastStartNs } = this.#span;
    return endEventNs !== undefined && lastStartNs <= endEventNs + EPILOGUE_NS;
  }

  /** The first of its times that is later than what it believes. */
  get aheadNs(): bigint | undefined {
    return firstAhead(this.#times, this.#believedUntilNs);
  }

  /** User ids that the session is found by besides the kept one (S30), sorted by code unit. */
  get otherUserIds(): string[] {
    if (this.users.size < 2) return [];
    const { userId } = this.traits;
    return this.users.ids().filter((id) => id !== userId);
  }

  /**
   * Takes a group's old fragment out and puts its new one in. Returns false where a minimum or maximum may have gone with
   * the old one, where a call of another group may be the same as one of these, or where kinds of exceptions may be few enough to be told apart again: then
   * not all is right, and the session must be folded again (S18).
   */
  exchange(old: Fragment | undefined, replacement: Fragment | undefined): boolean {
    const exact =
      this.#exchangeTimes(old, replacement) &&
      this.#exchangeTraits(old, replacement) &&
      this.users.exchange(old?.users ?? NO_USERS, replacement?.users ?? NO_USERS) &&
      this.visit.exchange(old?.visit ?? NO_VISIT, replacement?.visit ?? NO_VISIT) &&
      this.exceptions.exchange(old?.exceptions ?? NO_EXCEPTIONS, replacement?.exceptions ?? NO_EXCEPTIONS);
    if (old !== undefined) this.#sum(old, -1);
    if (replacement !== undefined) this.#sum(replacement, 1);
    return this.usage.exchange(old?.calls ?? NO_CALLS, replacement?.calls ?? NO_CALLS) && exact;
  }

  #sum(fragment: Fragment, sign: 1 | -1): void {
    this.fragments += sign;
    if (hasRecords(fragment)) this.groups += sign;
    if (fragment.explicit) this.explicitGroups += sign;
    if (fragment.byUser) this.userGroups += sign;
    if (fragment.echo) this.echoGroups += sign;
    if (fragment.quiet) this.quietGroups += sign;
    if (fragment.spans > 0) this.traceCount += sign;
    this.spanCount += sign * fragment.spans;
    this.logCount += sign * fragment.logs;
    this.errorCount += sign * fragment.errors;
    for (const service of fragment.services) this.services.add(service, sign);
  }

  #exchangeTimes(old: Fragment | undefined, replacement: Fragment | undefined): boolean {
    const exchanged = (name: keyof SessionTimes): Stretches | undefined =>
      exchangeAtMost(
        this.#times[name],
        old?.times[name] ?? NO_STRETCHES,
        replacement?.times[name] ?? NO_STRETCHES,
        MAX_STRETCHES,
      );
    const [starts, ends, lifecycleEvents] = [
      exchanged('starts'),
      exchanged('ends'),
      exchanged('lifecycleEvents'),
    ];
    if (starts === undefined || ends === undefined || lifecycleEvents === undefined) return false;
    this.#times = { starts, ends, lifecycleEvents };
    this.#believed = undefined;
    return true;
  }

  #exchangeTraits(old: Fragment | undefined, replacement: Fragment | undefined): boolean {
    const earliest = exchange(
      this.earliest,
      old?.earliest ?? NOTHING_SAID,
      replacement?.earliest ?? NOTHING_SAID,
    );
    if (earliest === undefined) return false;
    this.earliest = earliest;
    return true;
  }

  /** The sum of these fragments alone. */
  static of(id: string, all: Iterable<Fragment>, priceOf: PriceOf): Session {
    const session = new Session(id);
    const values: FirstSeen[] = [];
    const calls: SessionCall[] = [];
    const times: SessionTimes[] = [];
    for (const fragment of all) {
      times.push(fragment.times);
      session.#sum(fragment, 1);
      session.users.exchange(NO_USERS, fragment.users);
      session.visit.exchange(NO_VISIT, fragment.visit);
      session.exceptions.exchange(NO_EXCEPTIONS, fragment.exceptions);
      for (const value of fragment.earliest) values.push(value);
      for (const call of fragment.calls) calls.push(call);
    }
    session.usage = UsageSums.of(calls, priceOf);
    session.earliest = earliestOf(values);
    const sumOf = (name: keyof SessionTimes): Stretches =>
      atMost(stretchesOf(times.flatMap((each) => each[name])), MAX_STRETCHES);
    session.#times = {
      starts: sumOf('starts'),
      ends: sumOf('ends'),
      lifecycleEvents: sumOf('lifecycleEvents'),
    };
    return session;
  }

  /** All but the traits, as text for `decode` (stored-form.ts). Many marks of calls lie apart: `usage.marks.change` has to be written first. */
  encodeSums(): string {
    const { groups, fragments, traceCount, aheadNs } = this;
    const { starts, ends, lifecycleEvents } = this.#times;
    const form: Writable<AggregateForm> = { v: FORM_VERSION };
    if (groups !== 0) form.groups = groups;
    if (fragments !== groups) form.fragments = fragments;
    if (this.explicitGroups !== 0) form.explicit = this.explicitGroups;
    if (this.userGroups !== 0) form.byUser = this.userGroups;
    if (this.echoGroups !== 0) form.echo = this.echoGroups;
    if (this.quietGroups !== 0) form.quiet = this.quietGroups;
    if (traceCount !== groups) form.traces = traceCount;
    if (this.spanCount !== 0) form.spans = this.spanCount;
    if (this.logCount !== 0) form.logs = this.logCount;
    if (this.errorCount !== 0) form.errors = this.errorCount;
    if (starts.length > 0) form.starts = stretchesForm(starts);
    if (ends.length > 0) form.ends = stretchesForm(ends);
    if (lifecycleEvents.length > 0) form.lifecycle = stretchesForm(lifecycleEvents);
    if (aheadNs !== undefined) form.believedUntilNs = String(this.#believedUntilNs);
    const services = countsForm(this.services.entries());
    if (services !== undefined) form.services = services;
    const usage = this.usage.form();
    if (usage !== undefined) form.usage = usage;
    const users = this.users.form(this.users.size === 1 ? this.traits.userId : undefined);
    if (users !== undefined) form.users = users;
    const exceptions = this.exceptions.form();
    if (exceptions !== undefined) form.exceptions = exceptions;
    return aggregateText(form, this.visit.isEmpty ? undefined : this.visit.encode());
  }

  /** Where the traits come from; changes rarely, and is kept apart from the sums for that. */
  encodeEarliest(): string {
    return JSON.stringify(earliestForm(this.earliest));
  }

  /** What the session used, from its `encodeSums` alone. */
  static decodeUsage(sums: string): UsageSums {
    return UsageSums.ofForm(parseAggregates(sums).form.usage);
  }

  /** Its visit and exceptions alone, where it has any, from what `encodeSums` gave. */
  static decodeReported(sums: string): { visit?: VisitSums; exceptions?: ExceptionSums } {
    const { form, visit } = parseAggregates(sums);
    return {
      ...(visit !== undefined && { visit: VisitSums.decode(visit) }),
      ...(form.exceptions && { exceptions: ExceptionSums.ofForm(form.exceptions) }),
    };
  }

  /** The session that `encodeSums` and `encodeEarliest` were taken from, and `traits`. */
  static decode(id: string, sums: string, earliest: string, traits: Traits): Session {
    const { form, visit } = parseAggregates(sums);
    const { groups = 0, fragments = groups } = form;
    const session = new Session(id);
    session.groups = groups;
    session.fragments = fragments;
    session.explicitGroups = form.explicit ?? 0;
    session.userGroups = form.byUser ?? 0;
    session.echoGroups = form.echo ?? 0;
    session.quietGroups = form.quiet ?? 0;
    session.traceCount = form.traces ?? groups;
    session.spanCount = form.spans ?? 0;
    session.logCount = form.logs ?? 0;
    session.errorCount = form.errors ?? 0;
    session.#times = {
      starts: stretchesOfForm(form.starts),
      ends: stretchesOfForm(form.ends),
      lifecycleEvents: stretchesOfForm(form.lifecycle),
    };
    if (form.believedUntilNs !== undefined) session.#believedUntilNs = BigInt(form.believedUntilNs);
    session.services = new NameCounts(countsOf(form.services));
    session.earliest = earliestOfForm(JSON.parse(earliest) as FirstSeenForm[], traits);
    session.usage = UsageSums.ofForm(form.usage);
    session.users = UserCounts.ofForm(form.users, traits.userId);
    if (visit !== undefined) session.visit = VisitSums.decode(visit);
    if (form.exceptions !== undefined) session.exceptions = ExceptionSums.ofForm(form.exceptions);
    return session;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NO_CALLS: readonly SessionCall[] = [];

function hasRecords(fragment: Fragment): boolean {
  return fragment.spans + fragment.logs > 0;
}
