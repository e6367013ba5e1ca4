import type { PriceOf } from '../normalize/facts.js';
import { Binder, type Binding } from './bind.js';
import { type Earliest, earliestOf, NOTHING_SAID, type Saying, type Traits } from './earliest.js';
import { type Group, lastNsOf, type SpanFacts } from './records.js';
import { type SessionCall, sessionCall } from './session-usage.js';
import { type Carrier, isLogCarrier, usageOf } from './usage.js';
import { NO_USERS, type Users, usersOf } from './user-counts.js';

/** What one group adds to one session. A session is the sum of its fragments (S18). */
export interface Fragment {
  readonly spans: number;
  readonly logs: number;
  readonly errors: number;
  /** Whether some record is here by an id rather than by S7. */
  readonly explicit: boolean;
  /** S10; both 0 where the fragment has no records (S14). */
  readonly startNs: bigint;
  readonly lastNs: bigint;
  /** Least start of its spans: where the trace stands in the session; 0 where it has none. */
  readonly traceStartNs: bigint;
  /** Distinct names. */
  readonly services: readonly string[];
  readonly earliest: Earliest;
  /** All user ids on its records. */
  readonly users: Users;
  /** S13 */
  readonly endMarkNs: bigint | undefined;
  /** Model calls that count in this group (S15), and of each dialect of which none does one that is beaten. */
  readonly calls: readonly SessionCall[];
  /** Nothing but model calls that count in other sessions, and what is below them (U24). */
  readonly echo: boolean;
}

/** The fragments of a group by session id: a pure function of the set of its records. */
export function fragments(group: Group, priceOf: PriceOf): Map<string, Fragment> {
  const drafts = new Map<string, Draft>();
  const draftOf = (session: string): Draft => {
    let draft = drafts.get(session);
    if (draft === undefined) {
      draft = new Draft();
      drafts.set(session, draft);
    }
    return draft;
  };
  const binder = new Binder(group);
  let hasUsage = false;
  let last: Draft | undefined;
  let lastBinding: Binding | undefined;
  const draftFor = (binding: Binding): Draft => {
    if (binding !== lastBinding || last === undefined) {
      last = draftOf(binding.session);
      if (!binding.implicit) last.explicit = true;
      lastBinding = binding;
    }
    return last;
  };

  for (const span of group.spans.values()) {
    draftFor(binder.span(span)).addSpan(span, group.traceId);
    hasUsage ||= span.usage !== undefined;
  }
  for (const log of group.logs.values()) {
    const binding = binder.log(log);
    const draft = draftFor(binding);
    const { mark } = log;
    hasUsage ||= log.usage !== undefined;
    draft.logs++;
    draft.extend(log.timeNs, log.timeNs, log.service);
    const previousId = mark?.previousId === binding.session ? undefined : mark?.previousId;
    if (log.who !== undefined || previousId !== undefined) {
      const traits: Traits = previousId === undefined ? log.who! : { ...log.who, previousId };
      draft.say(traits, log.timeNs, group.traceId + log.id);
    }
    if (mark?.kind === 'end') draft.mark(log.timeNs);
    if (mark?.kind === 'start' && previousId !== undefined) draftOf(previousId).mark(log.timeNs);
  }
  if (hasUsage) {
    const draftOfCarrier = (carrier: Carrier): Draft =>
      draftFor(isLogCarrier(carrier) ? binder.log(carrier) : binder.span(carrier));
    const { counted, beaten } = usageOf(group, priceOf);
    for (const call of counted) {
      draftOfCarrier(call.carrier).calls.push(sessionCall(group.traceId, call));
    }
    for (const call of beaten) {
      const draft = draftOfCarrier(call.carrier);
      if (!draft.tells(call.usage.dialect)) {
        draft.calls.push({ ...sessionCall(group.traceId, call), beaten: true });
      }
    }
  }
  const finished = new Map<string, Fragment>();
  for (const [session, draft] of drafts) finished.set(session, draft.finish());
  return finished;
}

/** A fragment being made. */
class Draft {
  spans = 0;
  logs = 0;
  errors = 0;
  explicit = false;
  startNs = 0n;
  lastNs = 0n;
  traceStartNs = 0n;
  endMarkNs: bigint | undefined;
  readonly services: string[] = [];
  readonly calls: SessionCall[] = [];
  #dialects: Set<string> | undefined;
  #sayings: Map<Traits, Saying> | undefined;
  #empty = true;

  finish(): Fragment {
    const { spans, logs, errors, explicit, startNs, lastNs, traceStartNs, services, endMarkNs, calls } = this;
    const earliest = this.#sayings === undefined ? NOTHING_SAID : earliestOf([...this.#sayings.values()]);
    return {
      spans,
      logs,
      errors,
      explicit,
      startNs,
      lastNs,
      traceStartNs,
      services,
      earliest,
      users: this.#users(),
      endMarkNs,
      calls,
      echo: false,
    };
  }

  #users(): Users {
    return this.#sayings === undefined ? NO_USERS : usersOf(userIdsOf(this.#sayings.keys()));
  }

  addSpan(span: SpanFacts, traceId: string): void {
    const { startNs } = span;
    this.extend(startNs, lastNsOf(span), span.service);
    if (this.spans === 0 || startNs < this.traceStartNs) this.traceStartNs = startNs;
    this.spans++;
    if (span.error) this.errors++;
    if (span.who !== undefined) this.say(span.who, startNs, traceId + span.id);
  }

  /** Takes a record's time and service in; call it before counting the record. */
  extend(startNs: bigint, lastNs: bigint, service: string | undefined): void {
    if (this.#empty) {
      this.startNs = startNs;
      this.lastNs = lastNs;
      this.#empty = false;
    } else {
      if (startNs < this.startNs) this.startNs = startNs;
      if (lastNs > this.lastNs) this.lastNs = lastNs;
    }
    if (service !== undefined && !this.services.includes(service)) this.services.push(service);
  }

  /** Many records share one Who, and only the earliest of them can matter. */
  say(traits: Traits, atNs: bigint, id: string): void {
    this.#sayings ??= new Map();
    const known = this.#sayings.get(traits);
    if (known === undefined || atNs < known.atNs || (atNs === known.atNs && id < known.id)) {
      this.#sayings.set(traits, { atNs, id, traits });
    }
  }

  /** Whether a record that counts tells of calls in this dialect; true from the second time on. All that count must be here. */
  tells(dialect: string): boolean {
    this.#dialects ??= new Set(
      this.calls.filter(({ usage }) => usage.kind !== 'sum').map(({ usage }) => usage.dialect),
    );
    const isTold = this.#dialects.has(dialect);
    this.#dialects.add(dialect);
    return isTold;
  }

  mark(atNs: bigint): void {
    if (this.endMarkNs === undefined || atNs > this.endMarkNs) this.endMarkNs = atNs;
  }
}

function* userIdsOf(traits: Iterable<Traits>): Generator<string | undefined> {
  for (const { userId } of traits) yield userId;
}
