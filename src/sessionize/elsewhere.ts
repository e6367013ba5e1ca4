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
 * Model calls that several sessions tell of (U24): each counts in one of them.
 *
 * Calls meet by their keys: numbers that follow from an id, and of an id of little entropy from the call's tokens as well. What becomes of a group's calls follows
 * from the calls of all groups that have a key in common with it, as their groups count them, and from nothing else.
 */

/** A call that counts in its group, as the whole project sees it. */
export interface PlacedCall extends CallReport {
  readonly call: SessionCall;
  readonly session: string;
  /** Whether its session is known there by an id rather than by the trace. */
  readonly explicit: boolean;
  /** When it ended, as in its keys. */
  readonly moment: number;
}

/**
 * In how many other groups a key may be for what it says to be believed: one that is in more is no id of a call, but a gateway's or a
 * test server's.
 */
export const MOST_GROUPS = 16;

/** What calls meet by: a number below 2^53 that follows from an id, and the moment at which the call ended. */
export interface CallKey {
  readonly number: number;
  readonly moment: number;
}

/** A moment is 2^34 ns, some 17 seconds. Keys meet within a moment and between neighbours. */
const MOMENT_BITS = 34n;

/** The keys of a call; none where it has no id that could say anything. */
function callKeys({ usage, superseded, endNs }: SessionCall, scope: KeyScope): CallKey[] {
  const { callIds, inputTokens = 0, outputTokens = 0 } = usage;
  if (callIds === undefined || superseded === true) return NO_KEYS;
  const moment = Number(endNs >> MOMENT_BITS);
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

/** Numbers of ids within one project. */
export interface KeyScope {
  readonly project: number;
  /** Of the installation: ids are the sender's, who could make many of one number otherwise, so that none of them were believed. */
  readonly hashKey: HashKey;
}

/** Two texts of one number cost time, and nothing else. */
function numberOf(text: string, { project, hashKey }: KeyScope): number {
  const [low, high] = keyedHash(hashKey, `${project} ${text}`);
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** What of a group's fragments is looked at, by session. */
export type PlacedCalls = ReadonlyMap<string, Pick<Fragment, 'calls' | 'explicit'>>;

/** The calls of a group, by the numbers of their keys. */
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

/** The calls under a key and those next to it in time. */
export function callsUnder(calls: CallsByKey, { number, moment }: CallKey): readonly PlacedCall[] {
  const all = calls.get(number) ?? [];
  return all.filter((call) => Math.abs(call.moment - moment) <= 1);
}

/** The keys of a group's calls, by their numbers and moments, each once. */
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

  /** In an order that follows from the set. */
  sorted(): CallKey[] {
    return [...this].sort((a, b) => a.number - b.number || a.moment - b.moment);
  }
}

/** What became of a call that another session tells of as well. */
export interface SharedVerdict {
  /** The call that counts in its place, and where; undefined where it counts itself. */
  readonly by: PlacedCall | undefined;
  /** With what it has borrowed of the others. */
  readonly usage: Usage;
}

/**
 * The verdicts on calls of one group that are told in several sessions; others have none. `sharing` are all calls of the project with a key of a call of the group's,
 * one list for each key.
 *
 * Of those that are one call (U16) one counts: of a session that is known by an id before one that is named by its trace, then by precedence. It takes what it
 * lacks from those of other sessions. The rest of a wrapper's sum that stands for such a call counts nowhere where one of its reports has tokens.
 */
export function sharedVerdicts(
  own: ReadonlySet<SessionCall>,
  sharing: Iterable<readonly PlacedCall[]>,
  priceOf: PriceOf,
): Map<SessionCall, SharedVerdict> {
  const verdicts = new Map<SessionCall, SharedVerdict>();
  /** By id of a call: what counts for it, with tokens that one of its reports has. */
  const tellers = new Map<string, PlacedCall>();
  for (const calls of inOrder(sharing)) {
    for (const set of sameCalls(calls)) {
      const [first, ...others] = set.sort(comparePlaced);
      const foreign = others.filter(({ session }) => session !== first!.session);
      if (foreign.length === 0) continue;
      if (set.some(({ usage }) => hasTokens(usage))) {
        for (const id of set.flatMap(({ usage }) => usage.callIds ?? [])) {
          if (!tellers.has(id)) tellers.set(id, first!);
        }
      }
      if (own.has(first!.call) && verdicts.get(first!.call)?.by === undefined) {
        const said = verdicts.get(first!.call)?.usage ?? first!.usage;
        const usage = borrowAll(
          said,
          foreign.map((other) => other.usage),
        );
        verdicts.set(first!.call, {
          by: undefined,
          usage: priced(first!.usage, usage, first!.startNs, priceOf),
        });
      }
      for (const { call, usage } of foreign) {
        const known = verdicts.get(call)?.by;
        // Of two that count in its place the first by precedence is named.
        if (!own.has(call) || (known !== undefined && comparePlaced(known, first!) <= 0)) continue;
        verdicts.set(call, { by: first, usage });
      }
    }
  }
  // U21: what a wrapper counts for its calls has been told by another session.
  for (const call of own) {
    const teller = call.usage.restOf?.map((id) => tellers.get(id)).find((found) => found !== undefined);
    if (teller !== undefined) verdicts.set(call, { by: teller, usage: call.usage });
  }
  return verdicts;
}

/** The lists in an order that follows from the calls in them; numbers of keys are others in each installation. */
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
 * The fragments of a group, given the verdicts on its calls: those that count in another session do not count here. `isOfCalls` says whether all of the group's records in a session are model calls
 * and what is below them; it is asked of sessions that are named by their trace.
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

/** Whether all of a group's records in a session are model calls and what is below them. */
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
