import type { PriceOf } from '../normalize/facts.js';
import {
  type Earliest,
  earliestForm,
  earliestOf,
  earliestOfForm,
  exchange,
  type FirstSeen,
  NO_FIRST_SEEN,
  type Traits,
  traitsOf,
} from './earliest.js';
import { ErrorSums } from './error-sums.js';
import { ExceptionCounts, NO_EXCEPTIONS } from './exception-counts.js';
import type { Fragment } from './fragment.js';
import { type GreatestCall, NO_CALL } from './greatest-call.js';
import { NameCounts } from './name-counts.js';
import { greatestOfForm, RunningUsage } from './running-usage.js';
import { NO_SCORES, ScoreCounts } from './scores.js';
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
import { ToolSums } from './tool-sums.js';
import { MOST_TAGS, NO_USERS, UserCounts } from './user-counts.js';
import { NO_VISIT, VisitSums } from './visit.js';

/**
 * Activity that begins up to this long after an end event does not reopen the session: pages send their last
 * data when they are left.
 */
const EPILOGUE_NS = 10_000_000_000n;

/** The most stretches of times that are kept of a session: eight years of working weeks. */
const MAX_STRETCHES = 400;

const MAX_TIME_NS = 2n ** 63n - 1n;

const NO_TIMES: SessionTimes = { starts: NO_STRETCHES, ends: NO_STRETCHES, lifecycleEvents: NO_STRETCHES };

/**
 * A session as the running sum of its fragments (S17, S18): enough to show and change it without its records.
 * The store keeps it as `encodeSums` and `encodeEarliest`.
 */
export class Session {
  readonly id: string;
  /** Fragments with records. The session exists while there is one (S14). */
  groups = 0;
  /** Fragments of any kind. The session has to be kept while there is one. */
  fragments = 0;
  explicitGroups = 0;
  /** Fragments with records that are here by their user (S40). */
  userGroups = 0;
  /** Fragments with only calls that count in other sessions, and their descendants (U24). */
  echoGroups = 0;
  /** Fragments with only quiet requests (S25). */
  quietGroups = 0;
  traceCount = 0;
  spanCount = 0;
  logCount = 0;
  errorCount = 0;
  #times: SessionTimes = NO_TIMES;
  #believedUntilNs = MAX_TIME_NS;
  #believed: Believed | undefined;
  /** `traitsOf(earliest)`, cached: a write of the session needs it several times. */
  #traits: { readonly of: Earliest; readonly shown: Traits } | undefined;
  earliest: Earliest = NO_FIRST_SEEN;
  services = new NameCounts();
  usage = new RunningUsage();
  users = new UserCounts();
  tags = new UserCounts(MOST_TAGS);
  visit = new VisitSums();
  exceptions = new ExceptionCounts();
  scores = new ScoreCounts();
  tools = new ToolSums();
  errors = new ErrorSums();

  constructor(id: string) {
    this.id = id;
  }

  /** Whether it is named only by its trace (S16). */
  get isImplicit(): boolean {
    return this.explicitGroups === 0 && this.userGroups === 0;
  }

  /** Whether no record names it and all of its calls count in other sessions (S16). */
  get isEcho(): boolean {
    return this.explicitGroups === 0 && this.groups > 0 && this.echoGroups === this.groups;
  }

  /** Whether it is named only by its trace, which has only quiet requests (S25). */
  get isQuiet(): boolean {
    return this.isImplicit && this.groups > 0 && this.quietGroups === this.groups;
  }

  /** Whether a span has an error status, or an exception was reported. */
  get hasErrors(): boolean {
    return this.errorCount > 0 || !this.exceptions.isEmpty;
  }

  /** The traits that it shows. */
  get traits(): Traits {
    if (this.#traits?.of !== this.earliest) {
      this.#traits = { of: this.earliest, shown: traitsOf(this.earliest) };
    }
    return this.#traits.shown;
  }

  /**
   * Believes times up to this one and none that is later (S21). Without a call it believes all times, also
   * after it was read from a row in which no time was too late.
   */
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

  /** The number of times of its records that are not believed. */
  get timesSetAside(): number {
    return this.#span.setAside;
  }

  /** Whether it has ended (S13). */
  get hasEnded(): boolean {
    const { endEventNs, lastStartNs } = this.#span;
    return endEventNs !== undefined && lastStartNs <= endEventNs + EPILOGUE_NS;
  }

  /** The first of its times that is not believed yet; undefined if there is none. */
  get aheadNs(): bigint | undefined {
    return firstAhead(this.#times, this.#believedUntilNs);
  }

  /** User ids that the session is found by besides the shown one (S30), sorted by code unit. */
  get otherUserIds(): string[] {
    if (this.users.size < 2) return [];
    const { userId } = this.traits;
    return this.users.ids().filter((id) => id !== userId);
  }

  /**
   * Replaces the fragment of a group by its new version. Returns false if the result may be wrong: a minimum
   * or maximum may have gone with the old fragment, a call of another group may be the same as one of these,
   * or folded kinds of exceptions may be few enough to be unfolded. Then the session has to be folded again
   * (S18).
   */
  exchange(old: Fragment | undefined, replacement: Fragment | undefined): boolean {
    const exact =
      this.#exchangeTimes(old, replacement) &&
      this.#exchangeTraits(old, replacement) &&
      this.users.exchange(old?.users ?? NO_USERS, replacement?.users ?? NO_USERS) &&
      this.tags.exchange(old?.tags ?? NO_USERS, replacement?.tags ?? NO_USERS) &&
      this.visit.exchange(old?.visit ?? NO_VISIT, replacement?.visit ?? NO_VISIT) &&
      this.exceptions.exchange(old?.exceptions ?? NO_EXCEPTIONS, replacement?.exceptions ?? NO_EXCEPTIONS) &&
      this.scores.exchange(old?.scores ?? NO_SCORES, replacement?.scores ?? NO_SCORES) &&
      this.tools.exchange(old?.tools, replacement?.tools) &&
      this.errors.exchange(old?.errorShapes, replacement?.errorShapes);
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
      old?.earliest ?? NO_FIRST_SEEN,
      replacement?.earliest ?? NO_FIRST_SEEN,
    );
    if (earliest === undefined) return false;
    this.earliest = earliest;
    return true;
  }

  /** The sum of these fragments. */
  static of(id: string, all: Iterable<Fragment>, priceOf: PriceOf): Session {
    const session = new Session(id);
    const values: FirstSeen[] = [];
    const calls: SessionCall[] = [];
    const times: SessionTimes[] = [];
    for (const fragment of all) {
      times.push(fragment.times);
      session.#sum(fragment, 1);
      session.users.exchange(NO_USERS, fragment.users);
      session.tags.exchange(NO_USERS, fragment.tags);
      session.visit.exchange(NO_VISIT, fragment.visit);
      session.exceptions.exchange(NO_EXCEPTIONS, fragment.exceptions);
      session.scores.exchange(NO_SCORES, fragment.scores ?? NO_SCORES);
      session.tools.exchange(undefined, fragment.tools);
      session.errors.exchange(undefined, fragment.errorShapes);
      for (const value of fragment.earliest) values.push(value);
      for (const call of fragment.calls) calls.push(call);
    }
    session.usage = RunningUsage.of(calls, priceOf);
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

  /**
   * All but the traits, as text for `decode` (stored-form.ts). Many marks of calls are stored apart: write
   * `usage.marks.change` first.
   */
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
    const tags = this.tags.form(undefined);
    if (tags !== undefined) form.tags = tags;
    const exceptions = this.exceptions.form();
    if (exceptions !== undefined) form.exceptions = exceptions;
    const scores = this.scores.form();
    if (scores !== undefined) form.scores = scores;
    const tools = this.tools.form();
    if (tools !== undefined) form.tools = tools;
    const failures = this.errors.form();
    if (failures !== undefined) form.failures = failures;
    return aggregateText(form, this.visit.isEmpty ? undefined : this.visit.encode());
  }

  /**
   * The records that the traits come from, as text for `decode`. Stored apart from the sums because it rarely
   * changes.
   */
  encodeEarliest(): string {
    return JSON.stringify(earliestForm(this.earliest));
  }

  /** The usage in a text of `encodeSums`. */
  static decodeUsage(sums: string): RunningUsage {
    return RunningUsage.ofForm(parseAggregates(sums).form.usage);
  }

  /** The greatest amounts of a call in a text of `encodeSums`. */
  static decodeGreatestCall(sums: string): GreatestCall {
    const { usage } = parseAggregates(sums).form;
    return usage === undefined ? NO_CALL : greatestOfForm(usage);
  }

  /** The visit, exceptions, scores, tools and errors in a text of `encodeSums`, if it has any. */
  static decodeReported(sums: string): {
    visit?: VisitSums;
    exceptions?: ExceptionCounts;
    scores?: ScoreCounts;
    tools?: ToolSums;
    errors?: ErrorSums;
  } {
    const { form, visit } = parseAggregates(sums);
    return {
      ...(visit !== undefined && { visit: VisitSums.decode(visit) }),
      ...(form.exceptions && { exceptions: ExceptionCounts.ofForm(form.exceptions) }),
      ...(form.scores && { scores: ScoreCounts.ofForm(form.scores) }),
      ...(form.tools && { tools: ToolSums.ofForm(form.tools) }),
      ...(form.failures && { errors: ErrorSums.ofForm(form.failures) }),
    };
  }

  /** What sessions are grouped by, in a text of `encodeSums`. */
  static decodeValues(sums: string): {
    readonly services: readonly string[];
    readonly tags: readonly string[];
    readonly usage: RunningUsage;
  } {
    const { form } = parseAggregates(sums);
    return {
      services: Object.keys(form.services ?? {}),
      tags: UserCounts.ofForm(form.tags, undefined, MOST_TAGS).ids(),
      usage: RunningUsage.ofForm(form.usage),
    };
  }

  /** The inverse of `encodeSums` and `encodeEarliest`. `traits` are those that the session showed. */
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
    session.usage = RunningUsage.ofForm(form.usage);
    session.users = UserCounts.ofForm(form.users, traits.userId);
    session.tags = UserCounts.ofForm(form.tags, undefined, MOST_TAGS);
    if (visit !== undefined) session.visit = VisitSums.decode(visit);
    if (form.exceptions !== undefined) session.exceptions = ExceptionCounts.ofForm(form.exceptions);
    if (form.scores !== undefined) session.scores = ScoreCounts.ofForm(form.scores);
    if (form.tools !== undefined) session.tools = ToolSums.ofForm(form.tools);
    if (form.failures !== undefined) session.errors = ErrorSums.ofForm(form.failures);
    return session;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NO_CALLS: readonly SessionCall[] = [];

function hasRecords(fragment: Fragment): boolean {
  return fragment.spans + fragment.logs > 0;
}
