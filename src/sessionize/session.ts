import type { PriceOf } from '../normalize/facts.js';
import {
  decodeEarliest,
  type Earliest,
  type EncodedFirstSeen,
  earliestOf,
  encodeEarliest,
  exchange,
  type FirstSeen,
  NOTHING_SAID,
  type Traits,
  traitsOf,
} from './earliest.js';
import { type EncodedExceptions, ExceptionSums, NO_EXCEPTIONS } from './exception-sums.js';
import type { Fragment } from './fragment.js';
import { NameCounts } from './name-counts.js';
import type { SessionCall } from './session-usage.js';
import {
  atMost,
  type Believed,
  believe,
  decodeStretches,
  type EncodedStretches,
  encodeStretches,
  exchangeAtMost,
  firstAhead,
  NO_STRETCHES,
  type SessionTimes,
  type Stretches,
  stretchesOf,
} from './stretches.js';
import { type EncodedUsage, UsageSums } from './usage-sums.js';
import { type EncodedUsers, NO_USERS, UserCounts } from './user-counts.js';
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

  /** All but the traits, as compact text for `decode`: JSON of one line, and where there is a visit another line of it. */
  encodeSums(): string {
    const sums = JSON.stringify([
      this.groups,
      this.fragments,
      this.explicitGroups,
      this.traceCount,
      this.spanCount,
      this.logCount,
      this.errorCount,
      encodeStretches(this.#times.starts),
      encodeStretches(this.#times.ends),
      encodeStretches(this.#times.lifecycleEvents),
      this.aheadNs === undefined ? 0 : String(this.#believedUntilNs),
      this.services.entries(),
      this.usage.encode(),
      this.users.encode(this.users.size === 1 ? this.traits.userId : undefined),
      ...this.#encodeRest(),
    ]);
    return this.visit.isEmpty ? sums : `${sums}${NEXT_LINE}${this.visit.encode()}`;
  }

  #encodeRest(): [] | [EncodedRest] {
    const { echoGroups, userGroups, quietGroups, exceptions } = this;
    if (echoGroups === 0 && userGroups === 0 && quietGroups === 0 && exceptions.isEmpty) return [];
    return [
      {
        ...(echoGroups !== 0 && { echoGroups }),
        ...(userGroups !== 0 && { userGroups }),
        ...(quietGroups !== 0 && { quietGroups }),
        ...(!exceptions.isEmpty && { exceptions: exceptions.encode() }),
      },
    ];
  }

  /** Where the traits come from; changes rarely, and is kept apart from the sums for that. */
  encodeEarliest(): string {
    return JSON.stringify(encodeEarliest(this.earliest));
  }

  /** What the session used, from its `encodeSums` alone. */
  static decodeUsage(sums: string): UsageSums {
    const [, , , , , , , , , , , , genai] = JSON.parse(linesOf(sums)[0]) as EncodedSums;
    return UsageSums.decode(genai);
  }

  /** Its visit and exceptions alone, where it has any, from what `encodeSums` gave. */
  static decodeReported(sums: string): { visit?: VisitSums; exceptions?: ExceptionSums } {
    const [line, visit] = linesOf(sums);
    const exceptions = line.includes('"exceptions":')
      ? (JSON.parse(line) as EncodedSums)[REST]?.exceptions
      : undefined;
    return {
      ...(visit !== undefined && { visit: VisitSums.decode(visit) }),
      ...(exceptions !== undefined && { exceptions: ExceptionSums.decode(exceptions) }),
    };
  }

  /** The session that `encodeSums` and `encodeEarliest` were taken from, and `traits`. */
  static decode(id: string, sums: string, earliest: string, traits: Traits): Session {
    const [line, visit] = linesOf(sums);
    const [
      groups,
      fragments,
      explicitGroups,
      traceCount,
      spanCount,
      logCount,
      errorCount,
      starts,
      ends,
      lifecycleEvents,
      believedUntilNs,
      services,
      genai,
      users,
      { echoGroups = 0, userGroups = 0, quietGroups = 0, exceptions } = {},
    ] = JSON.parse(line) as EncodedSums;
    const session = new Session(id);
    session.groups = groups;
    session.fragments = fragments;
    session.explicitGroups = explicitGroups;
    session.echoGroups = echoGroups;
    session.userGroups = userGroups;
    session.quietGroups = quietGroups;
    session.traceCount = traceCount;
    session.spanCount = spanCount;
    session.logCount = logCount;
    session.errorCount = errorCount;
    session.#times = {
      starts: decodeStretches(starts),
      ends: decodeStretches(ends),
      lifecycleEvents: decodeStretches(lifecycleEvents),
    };
    if (believedUntilNs !== 0) session.#believedUntilNs = BigInt(believedUntilNs);
    session.services = new NameCounts(services);
    session.earliest = decodeEarliest(JSON.parse(earliest) as EncodedFirstSeen[], traits);
    session.usage = UsageSums.decode(genai);
    session.users = UserCounts.decode(users, traits.userId);
    if (visit !== undefined) session.visit = VisitSums.decode(visit);
    if (exceptions !== undefined) session.exceptions = ExceptionSums.decode(exceptions);
    return session;
  }
}

const NEXT_LINE = '\n';

/** No line of JSON as it is written here has a line feed in it. */
function linesOf(sums: string): [sums: string, visit: string | undefined] {
  const end = sums.indexOf(NEXT_LINE);
  return end < 0 ? [sums, undefined] : [sums.slice(0, end), sums.slice(end + 1)];
}

type EncodedSums = [
  groups: number,
  fragments: number,
  explicitGroups: number,
  traceCount: number,
  spanCount: number,
  logCount: number,
  errorCount: number,
  starts: EncodedStretches,
  ends: EncodedStretches,
  lifecycleEvents: EncodedStretches,
  /** 0 where there is no later time. */
  believedUntilNs: string | 0,
  services: [string, number][],
  genai: EncodedUsage,
  users: EncodedUsers,
  /** Not where nothing is in it. */
  rest?: EncodedRest,
];

/** Where the rest stands. */
const REST = 14;

/** What few sessions have. */
interface EncodedRest {
  readonly echoGroups?: number;
  readonly userGroups?: number;
  readonly exceptions?: EncodedExceptions;
  readonly quietGroups?: number;
}

const NO_CALLS: readonly SessionCall[] = [];

function hasRecords(fragment: Fragment): boolean {
  return fragment.spans + fragment.logs > 0;
}
