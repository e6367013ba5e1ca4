import { BoundedMemo } from '../normalize/bounded-memo.js';
import type { PriceOf, ScoreFacts, VisitFacts } from '../normalize/facts.js';
import { joinedTags, tagsIn } from '../normalize/tags.js';
import { Binder, type Binding } from './bind.js';
import {
  type Earliest,
  earliestOf,
  type FirstSeen,
  firstSeenOf,
  NO_FIRST_SEEN,
  type Traits,
} from './earliest.js';
import { ErrorDraft, type Errors, UNNAMED_FAILURE } from './error-sums.js';
import { ExceptionDraft, type ExceptionPart, NO_EXCEPTIONS } from './exception-counts.js';
import { ancestors, type CountedException, countedExceptions, type ExceptionReport } from './exceptions.js';
import {
  type ByteString,
  compareInTime,
  type Group,
  type LogFacts,
  lastNsOf,
  type SpanFacts,
} from './records.js';
import { ScoreCounts, type Scores } from './scores.js';
import { type SessionCall, sessionCall } from './session-usage.js';
import { isUnset, NO_STRETCHES, type SessionTimes, Times } from './stretches.js';
import { TitleDraft } from './title.js';
import { runOfLog, runOfSpan, type ToolRun, toolsOf } from './tool-calls.js';
import type { ToolSums, Tools } from './tool-sums.js';
import { isLogRecord, type UsageRecord, usageOf } from './usage.js';
import { MOST_TAGS, NO_USERS, type Users, usersOf } from './user-counts.js';
import { NO_VISIT, VisitDraft, type VisitPart } from './visit.js';

/** The contribution of one group to one session. A session aggregates its fragments (S18). */
export interface Fragment {
  readonly spans: number;
  readonly logs: number;
  readonly errors: number;
  /** Whether some record is here by an id rather than by S7. */
  readonly explicit: boolean;
  /** Whether some record is here by its user (S40). */
  readonly byUser: boolean;
  /** Times of its records and lifecycle events (S10, S13); no start without a record (S14). */
  readonly times: SessionTimes;
  /**
   * Least start of its spans, of a set clock if there is one: the trace's position in the session; 0 without
   * spans.
   */
  readonly traceStartNs: bigint;
  /** Distinct names. */
  readonly services: readonly string[];
  readonly earliest: Earliest;
  /** All user ids on its records. */
  readonly users: Users;
  /** What the session is found by (normalize/tags.ts): the first `MOST_TAGS` in order of their characters. */
  readonly tags: Users;
  /** Model calls that count in this group (S15). For each dialect without one, also one that is superseded. */
  readonly calls: readonly SessionCall[];
  readonly visit: VisitPart;
  readonly exceptions: ExceptionPart;
  /** Left out without scores. */
  readonly scores?: Scores;
  /** Left out without runs of tools. */
  readonly tools?: Tools;
  /** Left out without errors. */
  readonly errorShapes?: Errors;
  /** The time ranges of its events, for finding them; not affected by what counts. */
  readonly events: EventTimes;
  /** Whether it has only model calls that count in other sessions, and their descendants (U24). */
  readonly echo: boolean;
  /** Whether it has only a quiet request (S25). */
  readonly quiet: boolean;
}

/** Least and greatest time, nanoseconds since 1970. */
export interface TimeSpan {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

export interface EventTimes {
  /** Of the log records with a trace. */
  readonly logs?: TimeSpan;
  /** From start to end of the spans with events: events are placed within their span (S70). */
  readonly spanEvents?: TimeSpan;
}

/** The times of groups without events: always this object. */
export const NO_EVENTS: EventTimes = {};

/**
 * The fragments of a group by session id: a pure function of the set of its records, and of its session by
 * user if it has one.
 */
export function fragments(group: Group, priceOf: PriceOf): Map<string, Fragment> {
  const drafts: Draft[] = [];
  /** By session; created for the second one, because nearly all groups have one. */
  let bySession: Map<string, Draft> | undefined;
  const draftOf = (session: string): Draft => {
    const first = drafts[0];
    if (first?.session === session) return first;
    let draft = bySession?.get(session);
    if (draft === undefined) {
      draft = new Draft(session, group.traceId);
      drafts.push(draft);
      if (first !== undefined) bySession = (bySession ?? new Map()).set(session, draft);
    }
    return draft;
  };
  const binder = new Binder(group);
  let hasUsage = false;
  let reports: ExceptionReport<Draft>[] | undefined;
  let runs: ToolRun<Draft>[] | undefined;
  let failed: FailedSpan[] | undefined;
  let hasQuiet = false;
  let last: Draft | undefined;
  let lastBinding: Binding | undefined;
  const draftFor = (binding: Binding): Draft => {
    if (binding !== lastBinding || last === undefined) {
      last = draftOf(binding.session);
      if (!binding.implicit) last.explicit = true;
      else if (group.sessionByUser !== undefined) last.byUser = true;
      lastBinding = binding;
    }
    return last;
  };

  for (const span of group.spans.values()) {
    const binding = binder.span(span);
    const draft = draftFor(binding);
    draft.addSpan(span);
    hasUsage ||= span.usage !== undefined;
    if (span.exceptions !== undefined) {
      reports ??= [];
      addReports(reports, span, span.id, draft);
    }
    if (span.tool !== undefined) {
      runs ??= [];
      runs.push(runOfSpan(span, span.tool, draft));
    }
    if (span.error) {
      failed ??= [];
      failed.push({ span, draft });
    }
    hasQuiet ||= span.quiet === true;
  }
  for (const log of group.logs.values()) {
    const binding = binder.log(log);
    const draft = draftFor(binding);
    const { lifecycleEvent } = log;
    hasUsage ||= log.usage !== undefined;
    draft.logs++;
    draft.starts.add(log.timeNs);
    if (group.traceId !== '') draft.logTimes = extended(draft.logTimes, log.timeNs, log.timeNs);
    draft.addService(log.service);
    draft.addTags(log.tags);
    const previousId =
      lifecycleEvent?.previousId === binding.session ? undefined : lifecycleEvent?.previousId;
    const traits: Traits | undefined =
      previousId === undefined ? log.identity : { ...log.identity, previousId };
    if (traits !== undefined) draft.addIdentity(traits, log.timeNs, log.id);
    if (log.visit !== undefined) draft.addVisit(log.visit, log.timeNs, log.id);
    if (log.score !== undefined) draft.addScore(log.score, log.id);
    if (log.tool !== undefined) {
      runs ??= [];
      runs.push(runOfLog(log, log.tool, draft));
    }
    draft.addTitle(log, log.timeNs, log.id);
    if (log.exceptions !== undefined) {
      reports ??= [];
      addReports(reports, log, log.spanId, draft);
    }
    if (lifecycleEvent?.kind === 'end') draft.addLifecycleEvent(log.timeNs);
    if (lifecycleEvent?.kind === 'start' && previousId !== undefined)
      draftOf(previousId).addLifecycleEvent(log.timeNs);
  }
  if (reports !== undefined) {
    for (const exception of countedExceptions(group.spans, reports)) {
      exception.report.place.addException(exception);
    }
  }
  if (failed !== undefined) addFailures(group.spans, failed, reports);
  if (runs !== undefined) {
    for (const [draft, tools] of toolsOf(group.spans, runs)) draft.tools = tools;
  }
  if (hasUsage) {
    const draftOfRecord = (usageRecord: UsageRecord): Draft =>
      draftFor(isLogRecord(usageRecord) ? binder.log(usageRecord) : binder.span(usageRecord));
    const { counted, superseded } = usageOf(group, priceOf);
    for (const call of counted) {
      draftOfRecord(call.usageRecord).calls.push(sessionCall(group.traceId, call));
    }
    for (const call of superseded) {
      const draft = draftOfRecord(call.usageRecord);
      if (!draft.markReported(call.usage.dialect)) {
        draft.calls.push({ ...sessionCall(group.traceId, call), superseded: true });
      }
    }
  }
  const quiet =
    hasQuiet && !hasUsage && reports === undefined && drafts.length === 1 && isQuiet(group, last!);
  const finished = new Map<string, Fragment>();
  for (const draft of drafts) finished.set(draft.session, draft.finish(quiet));
  return finished;
}

/** Adds a record's reports of exceptions, on this span, for this place. */
export function addReports<Place>(
  reports: ExceptionReport<Place>[],
  { exceptions = [], service }: SpanFacts | LogFacts,
  spanId: ByteString,
  place: Place,
): void {
  for (const exception of exceptions) reports.push({ exception, spanId, service, place });
}

interface FailedSpan {
  readonly span: SpanFacts;
  readonly draft: Draft;
}

/**
 * Adds the failed spans that count as errors (S95): those on which no exception is reported, and below which
 * none is and no span failed.
 */
function addFailures(
  spans: ReadonlyMap<ByteString, SpanFacts>,
  failed: readonly FailedSpan[],
  reports: readonly ExceptionReport<Draft>[] = [],
): void {
  const explained = new Set<ByteString>();
  for (const { spanId } of reports) explained.add(spanId);
  const origins = new Set([...explained, ...failed.map(({ span }) => span.id)]);
  for (const origin of origins) for (const above of ancestors(spans, origin)) explained.add(above);
  for (const { span, draft } of failed) {
    if (explained.has(span.id)) continue;
    draft.addFailure(span.title?.failureShape ?? span.title?.failure ?? UNNAMED_FAILURE, lastNsOf(span));
  }
}

/**
 * Whether all entering spans of a trace are quiet requests (S25). Their descendants do not matter, unless
 * they failed.
 */
function isQuiet({ spans }: Group, { explicit, errors }: Draft): boolean {
  if (explicit || errors > 0) return false;
  let isEntered = false;
  for (const { parentId, quiet } of spans.values()) {
    if (spans.has(parentId)) continue;
    if (quiet !== true) return false;
    isEntered = true;
  }
  return isEntered;
}

/** The identity facts of a record, with its position in time. */
interface IdentityRecord {
  readonly traits: Traits;
  atNs: bigint;
  /** Id of the span, or digest of the log record. */
  id: ByteString;
}

/** How many identities of a fragment are searched for an equal one. */
const MOST_LOOKED_THROUGH = 8;

const TAGS = new BoundedMemo<Users>(4096);

function tagsOf(text: string): Users {
  return usersOf(tagsIn(text), MOST_TAGS);
}

/** A fragment under construction. */
class Draft {
  readonly session: string;
  /** Trace id of its group. */
  readonly #traceId: ByteString;
  spans = 0;
  logs = 0;
  errors = 0;
  explicit = false;
  byUser = false;
  traceStartNs = 0n;
  readonly starts = new Times();
  readonly ends = new Times();
  readonly services: string[] = [];
  readonly calls: SessionCall[] = [];
  logTimes: TimeSpan | undefined;
  spanEventTimes: TimeSpan | undefined;
  #lifecycleEvents: Times | undefined;
  #dialects: Set<string> | undefined;
  #identities: IdentityRecord[] | undefined;
  /** Distinct texts of tags. */
  #tagTexts: string[] | undefined;
  #visit: VisitDraft | undefined;
  #title: TitleDraft | undefined;
  #exceptions: ExceptionDraft | undefined;
  #scores: ScoreCounts | undefined;
  #errors: ErrorDraft | undefined;
  tools: ToolSums | undefined;

  constructor(session: string, traceId: ByteString) {
    this.session = session;
    this.#traceId = traceId;
  }

  finish(quiet: boolean): Fragment {
    const { spans, logs, errors, explicit, byUser, traceStartNs, services, calls } = this;
    const times = {
      starts: this.starts.finish(),
      ends: this.ends.finish(),
      lifecycleEvents: this.#lifecycleEvents?.finish() ?? NO_STRETCHES,
    };
    const scores = this.#scores?.finish();
    const tools = this.tools?.finish();
    const errorShapes = this.#errors?.finish();
    return {
      spans,
      logs,
      errors,
      explicit,
      byUser,
      times,
      traceStartNs,
      services,
      earliest: this.#earliest(),
      users: this.#users(),
      tags: this.#tags(),
      calls,
      visit: this.#visit?.finish() ?? NO_VISIT,
      exceptions: this.#exceptions?.finish() ?? NO_EXCEPTIONS,
      events: this.#events(),
      echo: false,
      quiet,
      ...(scores && { scores }),
      ...(tools && { tools }),
      ...(errorShapes && { errorShapes }),
    };
  }

  #earliest(): Earliest {
    if (this.#identities === undefined && this.#title === undefined) return NO_FIRST_SEEN;
    const values =
      this.#identities?.map(({ atNs, id, traits }) => firstSeenOf(atNs, this.#traceId + id, traits)) ?? [];
    if (this.#title !== undefined)
      for (const value of this.#title.values(this.#traceId)) addOf(values, value);
    return earliestOf(values);
  }

  #events(): EventTimes {
    const { logTimes, spanEventTimes } = this;
    if (logTimes === undefined && spanEventTimes === undefined) return NO_EVENTS;
    return { ...(logTimes && { logs: logTimes }), ...(spanEventTimes && { spanEvents: spanEventTimes }) };
  }

  #users(): Users {
    if (this.#identities === undefined) return NO_USERS;
    const ids: (string | undefined)[] = [];
    for (const { traits } of this.#identities) ids.push(traits.userId, traits.anonymousId);
    return usersOf(ids);
  }

  #tags(): Users {
    const texts = this.#tagTexts;
    if (texts === undefined) return NO_USERS;
    // Nearly all fragments have the same few texts.
    return TAGS.get(joinedTags(texts), tagsOf);
  }

  addLifecycleEvent(atNs: bigint): void {
    this.#lifecycleEvents ??= new Times();
    this.#lifecycleEvents.add(atNs);
  }

  addSpan(span: SpanFacts): void {
    const { endNs } = span;
    // S20: the start of an unset clock is kept beside the ends, as a time to set aside.
    const hasNoStart = isUnset(span.startNs) && !isUnset(endNs);
    const startNs = hasNoStart ? endNs : span.startNs;
    this.starts.add(startNs);
    this.ends.add(hasNoStart ? span.startNs : endNs > startNs ? endNs : startNs);
    if (this.spans === 0 || compareInTime(startNs, '', this.traceStartNs, '') < 0)
      this.traceStartNs = startNs;
    this.spans++;
    this.addService(span.service);
    this.addTags(span.tags);
    if (span.error) this.errors++;
    if (span.hasEvents === true) {
      this.spanEventTimes = extended(this.spanEventTimes, span.startNs, lastNsOf(span));
    }
    if (span.identity !== undefined) this.addIdentity(span.identity, startNs, span.id);
    if (span.visit !== undefined) this.addVisit(span.visit, startNs, span.id);
    this.addTitle(span, startNs, span.id);
  }

  addTitle(record: SpanFacts | LogFacts, atNs: bigint, id: ByteString): void {
    if (record.title === undefined && record.exceptions === undefined) return;
    this.#title ??= new TitleDraft();
    this.#title.add(record, atNs, id);
  }

  addTags(tags: string | undefined): void {
    if (tags === undefined) return;
    this.#tagTexts ??= [];
    if (!this.#tagTexts.includes(tags)) this.#tagTexts.push(tags);
  }

  addVisit(visit: VisitFacts, atNs: bigint, id: ByteString): void {
    this.#visit ??= new VisitDraft();
    this.#visit.add(visit, atNs, this.#traceId + id);
  }

  addScore(score: ScoreFacts, record: ByteString): void {
    this.#scores ??= new ScoreCounts();
    this.#scores.add(score, record);
  }

  addException(exception: CountedException<Draft>): void {
    this.#exceptions ??= new ExceptionDraft();
    this.#exceptions.add(exception);
    this.#errors ??= new ErrorDraft();
    this.#errors.addException(exception);
  }

  addFailure(shape: string, atNs: bigint): void {
    this.#errors ??= new ErrorDraft();
    this.#errors.addFailure(shape, atNs);
  }

  addService(service: string | undefined): void {
    if (service !== undefined && !this.services.includes(service)) this.services.push(service);
  }

  /**
   * `id` is that of the span, or the digest of the log record. Many records share one identity, and only the
   * earliest of them can matter. A session does not continue itself.
   */
  addIdentity(identity: Traits, atNs: bigint, id: string): void {
    const isOwnPrevious = identity.previousId !== undefined && identity.previousId === this.session;
    const traits = isOwnPrevious ? withoutPrevious(identity) : identity;
    if (traits === undefined) return;
    this.#identities ??= [];
    // Searches from the last one: consecutive records usually have the same identity. With very many
    // identities some may occur twice.
    const all = this.#identities;
    const end = Math.max(0, all.length - MOST_LOOKED_THROUGH);
    for (let i = all.length - 1; i >= end; i--) {
      const known = all[i]!;
      if (known.traits !== traits) continue;
      if (compareInTime(atNs, id, known.atNs, known.id) < 0) {
        known.atNs = atNs;
        known.id = id;
      }
      return;
    }
    all.push({ traits, atNs, id });
  }

  /**
   * Marks a dialect as reported. Returns whether a counting call of it was added, or it was marked before.
   * All counting records must have been added.
   */
  markReported(dialect: string): boolean {
    this.#dialects ??= new Set(
      this.calls.filter(({ usage }) => usage.kind !== 'sum').map(({ usage }) => usage.dialect),
    );
    const isReported = this.#dialects.has(dialect);
    this.#dialects.add(dialect);
    return isReported;
  }
}

/** Adds a value, to that of the same record if there is one. */
function addOf(values: FirstSeen[], value: FirstSeen): void {
  const at = values.findIndex((other) => other.atNs === value.atNs && other.id === value.id);
  if (at < 0) values.push(value);
  else values[at] = firstSeenOf(value.atNs, value.id, { ...values[at]!.traits, ...value.traits });
}

function extended(times: TimeSpan | undefined, firstNs: bigint, lastNs: bigint): TimeSpan {
  if (times === undefined) return { firstNs, lastNs };
  if (firstNs >= times.firstNs && lastNs <= times.lastNs) return times;
  return {
    firstNs: firstNs < times.firstNs ? firstNs : times.firstNs,
    lastNs: lastNs > times.lastNs ? lastNs : times.lastNs,
  };
}

function withoutPrevious({ previousId: _, ...traits }: Traits): Traits | undefined {
  return Object.keys(traits).length === 0 ? undefined : traits;
}
