import { hasTokens, type PriceOf, type Usage } from '../normalize/facts.js';
import { borrowAll, priced } from './better-numbers.js';
import { Binder } from './bind.js';
import { isWeakId } from './call-id.js';
import type { Fragment } from './fragment.js';
import { Inheritance } from './inheritance.js';
import { type HashKey, keyedHash } from './keyed-hash.js';
import type { Group } from './records.js';
import { type CallReport, compareReports, sameCalls } from './same-call.js';
import type { SessionCall } from './session-usage.js';

/**
 * Model calls that several sessions report (U24): each counts in one of them.
 *
 * Calls are matched by keys: numbers derived from a call id, and for ids of low entropy also from the tokens
 * of the call. The verdicts on the calls of a group depend only on the calls of all groups that share a key
 * with it, as counted within those groups.
 */

/** A call that counts in its group, as compared across the project. */
export interface PlacedCall extends CallReport {
  readonly call: SessionCall;
  readonly session: string;
  /** Whether its group names the session by an id rather than by the trace. */
  readonly explicit: boolean;
  /** When it ended, in units of `MOMENT_BITS`, as in its keys. */
  readonly moment: number;
}

/**
 * The largest number of other groups that a key may occur in. A key in more groups is ignored: it is not the
 * id of a call, but for example a constant of a gateway or of a test server.
 */
export const MOST_GROUPS = 16;

/** What calls are matched by: a number below 2^53 derived from an id, and the moment when the call ended. */
export interface CallKey {
  readonly number: number;
  readonly moment: number;
}

/** A moment is 2^34 ns, some 17 seconds. Keys match within a moment and between neighbouring moments. */
const MOMENT_BITS = 34n;

/** The moment of a time, ns since 1970. */
export function momentAt(ns: bigint): number {
  return Number(ns >> MOMENT_BITS);
}

/** The keys of a call. Empty if it is superseded or has no usable id. */
function callKeys({ usage, superseded, endNs }: SessionCall, scope: KeyScope): CallKey[] {
  const { callIds, inputTokens = 0, outputTokens = 0 } = usage;
  if (callIds === undefined || superseded === true) return NO_KEYS;
  const moment = momentAt(endNs);
  const keys: CallKey[] = [];
  for (const id of callIds) {
    if (!isWeakId(id)) keys.push({ number: numberOf(id, scope), moment });
    else if (inputTokens > 0 && outputTokens > 0) {
      keys.push({ number: numberOf(`${id} ${inputTokens} ${outputTokens}`, scope), moment });
    }
  }
  return keys;
}

const NO_KEYS: CallKey[] = [];

/** Where equal ids have equal key numbers: within one project of one installation. */
export interface KeyScope {
  readonly project: number;
  /**
   * Secret of the installation. Senders choose the ids: without a secret they could craft many with the same
   * number, which would then be ignored (`MOST_GROUPS`).
   */
  readonly hashKey: HashKey;
}

/** The key number of a text. A collision costs time and does not change results. */
function numberOf(text: string, { project, hashKey }: KeyScope): number {
  const [low, high] = keyedHash(hashKey, `${project} ${text}`);
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** The parts of the fragments of a group that matter here, by session. */
export type PlacedCalls = ReadonlyMap<string, Pick<Fragment, 'calls' | 'explicit'>>;

/** The calls of a group by key number. */
export type CallsByKey = ReadonlyMap<number, readonly PlacedCall[]>;

export function callsByKey(fragments: PlacedCalls, scope: KeyScope): CallsByKey {
  let found: Map<number, PlacedCall[]> | undefined;
  for (const [session, { calls, explicit }] of fragments) {
    for (const call of calls) {
      for (const { number, moment } of callKeys(call, scope)) {
        const { usage, id, startNs, endNs } = call;
        const placed = { call, usage, id, startNs, endNs, session, explicit, moment };
        found ??= new Map();
        const known = found.get(number);
        if (known === undefined) found.set(number, [placed]);
        else known.push(placed);
      }
    }
  }
  return found ?? NO_CALLS;
}

const NO_CALLS: CallsByKey = new Map();

/** The calls with this key number that ended in the same or a neighbouring moment. */
export function callsUnder(calls: CallsByKey, { number, moment }: CallKey): readonly PlacedCall[] {
  const all = calls.get(number) ?? [];
  return all.filter((call) => Math.abs(call.moment - moment) <= 1);
}

/** The distinct keys of a group's calls. */
export function keysOfCalls(fragments: PlacedCalls, scope: KeyScope): CallKeys {
  let found: CallKeys | undefined;
  for (const { calls } of fragments.values()) {
    for (const call of calls) {
      if (call.usage.callIds === undefined) continue;
      for (const key of callKeys(call, scope)) {
        found ??= new CallKeys();
        found.add(key);
      }
    }
  }
  return found ?? CallKeys.none;
}

/** A set of keys. */
export class CallKeys {
  static readonly none = new CallKeys();
  readonly #moments = new Map<number, number | number[]>();

  get isEmpty(): boolean {
    return this.#moments.size === 0;
  }

  has({ number, moment }: CallKey): boolean {
    const known = this.#moments.get(number);
    return typeof known === 'object' ? known.includes(moment) : known === moment;
  }

  add(key: CallKey): void {
    if (this.has(key)) return;
    const { number, moment } = key;
    const known = this.#moments.get(number);
    if (known === undefined) this.#moments.set(number, moment);
    else if (typeof known === 'number') this.#moments.set(number, [known, moment]);
    else known.push(moment);
  }

  *[Symbol.iterator](): Iterator<CallKey> {
    for (const [number, moments] of this.#moments) {
      if (typeof moments === 'number') yield { number, moment: moments };
      else for (const moment of moments) yield { number, moment };
    }
  }

  /** In an order that depends only on the set. */
  sorted(): CallKey[] {
    return [...this].sort((a, b) => a.number - b.number || a.moment - b.moment);
  }
}

/** The verdict on a call that another session reports too. */
export interface SharedVerdict {
  /** The call that counts instead, with its session; undefined if this call counts. */
  readonly by: PlacedCall | undefined;
  /** Including values borrowed from the other reports. */
  readonly usage: Usage;
}

/**
 * The verdicts on calls of one group that several sessions report; other calls have none. `sharing` has one
 * list for each key of the calls of the group: all calls of the project with that key.
 *
 * Of the reports of one call (U16) one counts: sessions known by an id come before those named by their
 * trace, then precedence decides. It borrows missing values from the reports of other sessions. The rest of a
 * wrapper (U21) that includes such a call does not count if a report of the call has tokens.
 */
export function sharedVerdicts(
  own: ReadonlySet<SessionCall>,
  sharing: Iterable<readonly PlacedCall[]>,
  priceOf: PriceOf,
): Map<SessionCall, SharedVerdict> {
  const verdicts = new Map<SessionCall, SharedVerdict>();
  /** By call id: the report that counts, for calls of which some report has tokens. */
  const countedById = new Map<string, PlacedCall>();
  for (const calls of inOrder(sharing)) {
    for (const set of sameCalls(calls)) {
      const [first, ...others] = set.sort(comparePlaced);
      const foreign = others.filter(({ session }) => session !== first!.session);
      if (foreign.length === 0) continue;
      if (set.some(({ usage }) => hasTokens(usage))) {
        for (const id of set.flatMap(({ usage }) => usage.callIds ?? [])) {
          if (!countedById.has(id)) countedById.set(id, first!);
        }
      }
      if (own.has(first!.call) && verdicts.get(first!.call)?.by === undefined) {
        const current = verdicts.get(first!.call)?.usage ?? first!.usage;
        const usage = borrowAll(
          current,
          foreign.map((other) => other.usage),
        );
        verdicts.set(first!.call, {
          by: undefined,
          usage: priced(first!.usage, usage, first!.startNs, priceOf),
        });
      }
      for (const { call, usage } of foreign) {
        const known = verdicts.get(call)?.by;
        // If two calls count instead, `by` is the first in order.
        if (!own.has(call) || (known !== undefined && comparePlaced(known, first!) <= 0)) continue;
        verdicts.set(call, { by: first, usage });
      }
    }
  }
  // U21: another session reports calls that this rest includes.
  for (const call of own) {
    const counted = call.usage.restOf?.map((id) => countedById.get(id)).find((found) => found !== undefined);
    if (counted !== undefined) verdicts.set(call, { by: counted, usage: call.usage });
  }
  return verdicts;
}

/**
 * The lists in an order that depends only on the calls in them. Key numbers cannot give the order, because
 * they differ between installations.
 */
function inOrder(sharing: Iterable<readonly PlacedCall[]>): (readonly PlacedCall[])[] {
  const named = Array.from(sharing, (calls) => ({
    calls,
    name: calls
      .map(({ id }) => id)
      .sort()
      .join(' '),
  }));
  return named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ calls }) => calls);
}

function comparePlaced(a: PlacedCall, b: PlacedCall): number {
  if (a.explicit !== b.explicit) return a.explicit ? -1 : 1;
  return compareReports(a, b);
}

/**
 * The fragments of a group after the verdicts on its calls: calls that count in another session do not count
 * here. `isOfCalls` says whether all records of the group in a session are model calls and their descendants.
 * It is called only for sessions named by their trace.
 */
export function withVerdicts(
  fragments: ReadonlyMap<string, Fragment>,
  verdicts: ReadonlyMap<SessionCall, SharedVerdict>,
  isOfCalls: (session: string) => boolean,
): ReadonlyMap<string, Fragment> {
  if (verdicts.size === 0) return fragments;
  const changed = new Map(fragments);
  for (const [session, fragment] of fragments) {
    if (!fragment.calls.some((call) => verdicts.has(call))) continue;
    const calls = fragment.calls.map((call): SessionCall => {
      const verdict = verdicts.get(call);
      if (verdict === undefined) return call;
      return verdict.by === undefined ? { ...call, usage: verdict.usage } : { ...call, superseded: true };
    });
    const counts = calls.some(({ superseded }) => superseded !== true);
    const echo = !counts && !fragment.explicit && isOfCalls(session);
    changed.set(session, { ...fragment, calls, echo });
  }
  return changed;
}

/** Whether all records of a group in a session are model calls and their descendants. */
export function isOfCalls(group: Group, session: string): boolean {
  const isCall = (usage: Usage | undefined): true | undefined => usage?.kind === 'call' || undefined;
  const calls = new Inheritance(group.spans, ({ usage }) => isCall(usage));
  const binder = new Binder(group);
  for (const span of group.spans.values()) {
    if (binder.span(span).session !== session) continue;
    if (!isCall(span.usage) && !calls.of(span)) return false;
  }
  for (const log of group.logs.values()) {
    if (binder.log(log).session !== session || isCall(log.usage)) continue;
    const span = group.spans.get(log.spanId);
    if (span === undefined || !(isCall(span.usage) || calls.of(span))) return false;
  }
  return true;
}
