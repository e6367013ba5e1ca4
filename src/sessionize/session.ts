import type { PriceOf } from '../normalize/facts.js';
import { type Earliest, earliestOf, exchange, NOTHING_SAID, type Saying, type Traits } from './earliest.js';
import type { Fragment } from './fragment.js';
import { NameCounts } from './name-counts.js';
import type { SessionCall } from './session-usage.js';
import { type EncodedUsage, UsageSums } from './usage-sums.js';
import { type EncodedUsers, NO_USERS, UserCounts } from './user-counts.js';

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
  /** Fragments of nothing but calls that count in other sessions (U24). */
  echoGroups = 0;
  traceCount = 0;
  spanCount = 0;
  logCount = 0;
  errorCount = 0;
  startNs = 0n;
  lastNs = 0n;
  endMarkNs: bigint | undefined;
  earliest: Earliest = NOTHING_SAID;
  services = new NameCounts();
  usage = new UsageSums();
  users = new UserCounts();

  constructor(id: string) {
    this.id = id;
  }

  /** Whether nothing in it is its own: named by its trace alone, and all of its calls count in other sessions (S16). */
  get isEcho(): boolean {
    return this.explicitGroups === 0 && this.groups > 0 && this.echoGroups === this.groups;
  }

  /** The kept value of every trait. */
  get traits(): Traits {
    return this.earliest.length === 1
      ? this.earliest[0]!.traits
      : Object.assign({}, ...this.earliest.map((saying) => saying.traits));
  }

  /** User ids that the session is found by besides the kept one (S12), sorted by code unit. */
  get otherUserIds(): string[] {
    if (this.users.size < 2) return [];
    const { userId } = this.traits;
    return this.users.ids().filter((id) => id !== userId);
  }

  /**
   * Takes a group's old fragment out and puts its new one in. Returns false where a minimum or maximum may have gone with
   * the old one, or where a call of another group may be the same as one of these: then not all is right, and the session must be folded
   * again (S18).
   */
  exchange(old: Fragment | undefined, replacement: Fragment | undefined): boolean {
    const exact =
      this.#exchangeTimes(old, replacement) &&
      this.#exchangeTraits(old, replacement) &&
      this.users.exchange(old?.users ?? NO_USERS, replacement?.users ?? NO_USERS);
    if (old !== undefined) this.#sum(old, -1);
    if (replacement !== undefined) this.#sum(replacement, 1);
    return this.usage.exchange(old?.calls ?? NO_CALLS, replacement?.calls ?? NO_CALLS) && exact;
  }

  #sum(fragment: Fragment, sign: 1 | -1): void {
    this.fragments += sign;
    if (hasRecords(fragment)) this.groups += sign;
    if (fragment.explicit) this.explicitGroups += sign;
    if (fragment.echo) this.echoGroups += sign;
    if (fragment.spans > 0) this.traceCount += sign;
    this.spanCount += sign * fragment.spans;
    this.logCount += sign * fragment.logs;
    this.errorCount += sign * fragment.errors;
    for (const service of fragment.services) this.services.add(service, sign);
  }

  #exchangeTimes(old: Fragment | undefined, replacement: Fragment | undefined): boolean {
    let exact = true;
    const oldRecords = old !== undefined && hasRecords(old);
    const newRecords = replacement !== undefined && hasRecords(replacement);
    if (this.groups === (oldRecords ? 1 : 0)) {
      // No other group has records here: the new fragment alone says the times.
      this.startNs = newRecords ? replacement.startNs : 0n;
      this.lastNs = newRecords ? replacement.lastNs : 0n;
    } else {
      if (oldRecords) {
        if (old.startNs === this.startNs) exact &&= newRecords && replacement.startNs <= old.startNs;
        if (old.lastNs === this.lastNs) exact &&= newRecords && replacement.lastNs >= old.lastNs;
      }
      if (newRecords) {
        if (replacement.startNs < this.startNs) this.startNs = replacement.startNs;
        if (replacement.lastNs > this.lastNs) this.lastNs = replacement.lastNs;
      }
    }
    const oldMark = old?.endMarkNs;
    const newMark = replacement?.endMarkNs;
    if (oldMark !== undefined && oldMark === this.endMarkNs) {
      exact &&= newMark !== undefined && newMark >= oldMark;
    }
    if (newMark !== undefined && (this.endMarkNs === undefined || newMark > this.endMarkNs)) {
      this.endMarkNs = newMark;
    }
    return exact;
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
    const sayings: Saying[] = [];
    const calls: SessionCall[] = [];
    for (const fragment of all) {
      session.#exchangeTimes(undefined, fragment);
      session.#sum(fragment, 1);
      session.users.exchange(NO_USERS, fragment.users);
      for (const saying of fragment.earliest) sayings.push(saying);
      for (const call of fragment.calls) calls.push(call);
    }
    session.usage = UsageSums.of(calls, priceOf);
    session.earliest = earliestOf(sayings);
    return session;
  }

  /** All but the traits, as compact text for `decode`. */
  encodeSums(): string {
    return JSON.stringify([
      this.groups,
      this.fragments,
      this.explicitGroups,
      this.traceCount,
      this.spanCount,
      this.logCount,
      this.errorCount,
      String(this.startNs),
      String(this.lastNs),
      this.endMarkNs === undefined ? 0 : String(this.endMarkNs),
      this.services.entries(),
      this.usage.encode(),
      this.users.encode(this.users.size === 1 ? this.traits.userId : undefined),
      ...(this.echoGroups === 0 ? [] : [this.echoGroups]),
    ]);
  }

  /** The traits and where they come from; changes rarely, and is kept apart from the sums for that. */
  encodeEarliest(): string {
    return JSON.stringify(
      this.earliest.map(({ atNs, id, traits }) => [
        String(atNs),
        Buffer.from(id, 'latin1').toString('base64'),
        traits,
      ]),
    );
  }

  /** The session that `encodeSums` and `encodeEarliest` were taken from. */
  static decode(id: string, sums: string, earliest: string): Session {
    const [
      groups,
      fragments,
      explicitGroups,
      traceCount,
      spanCount,
      logCount,
      errorCount,
      startNs,
      lastNs,
      endMarkNs,
      services,
      genai,
      users,
      echoGroups = 0,
    ] = JSON.parse(sums) as EncodedSums;
    const session = new Session(id);
    session.groups = groups;
    session.fragments = fragments;
    session.explicitGroups = explicitGroups;
    session.echoGroups = echoGroups;
    session.traceCount = traceCount;
    session.spanCount = spanCount;
    session.logCount = logCount;
    session.errorCount = errorCount;
    session.startNs = BigInt(startNs);
    session.lastNs = BigInt(lastNs);
    session.endMarkNs = endMarkNs === 0 ? undefined : BigInt(endMarkNs);
    session.services = new NameCounts(services);
    session.earliest = (JSON.parse(earliest) as EncodedSaying[]).map(([atNs, place, traits]) => ({
      atNs: BigInt(atNs),
      id: Buffer.from(place, 'base64').toString('latin1'),
      traits,
    }));
    session.usage = UsageSums.decode(genai);
    session.users = UserCounts.decode(users, session.traits.userId);
    return session;
  }
}

type EncodedSaying = [atNs: string, id: string, traits: Traits];

type EncodedSums = [
  groups: number,
  fragments: number,
  explicitGroups: number,
  traceCount: number,
  spanCount: number,
  logCount: number,
  errorCount: number,
  startNs: string,
  lastNs: string,
  endMarkNs: string | 0,
  services: [string, number][],
  genai: EncodedUsage,
  users: EncodedUsers,
  // Not in what has none.
  echoGroups?: number,
];

const NO_CALLS: readonly SessionCall[] = [];

function hasRecords(fragment: Fragment): boolean {
  return fragment.spans + fragment.logs > 0;
}
