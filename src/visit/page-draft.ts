import type { ExceptionFacts, VitalName, WebVital } from '../normalize/facts.js';
import type { RecordId, StoredPage } from '../store/contract/group.js';
import { BestOf } from './best-of.js';
import { ExceptionKind, type ReportedException } from './exception-kind.js';
import { compareIds, compareInTime } from './in-time.js';
import {
  type ActionKind,
  MAX_ACTIONS,
  MAX_EXCEPTIONS,
  MAX_REQUESTS,
  type PageVisit,
  type VisitAction,
  type VisitAgent,
  type VisitException,
  type VisitRequest,
} from './page-visit.js';
import { AWAY_NS } from './placing.js';

/** Maximum number of distinguished kinds of exceptions on a page, and of actions of a kind that are read. */
const MAX_KINDS = 1_000;
const MAX_TOLD_ACTIONS = 1_000;

/** Maximum distance between reports of one action. */
const SAME_ACTION_NS = 50_000_000n;

/** Collects what happened on a page, in any order. */
export class PageDraft {
  readonly #at: StoredPage;
  readonly #vitals = new Map<VitalName, number>();
  readonly #actions = new Map<ActionKind, BestOf<VisitAction>>();
  readonly #requests = new BestOf<VisitRequest>(MAX_REQUESTS, compareRequests);
  #failedRequests = 0;
  /** By the key that reports of the same exception share: an exception is thrown within one service. */
  readonly #exceptions = new Map<string, ExceptionKind>();
  /** Number of exceptions of kinds that are not distinguished. */
  #moreExceptions = 0;
  #agent: VisitAgent | undefined;
  #lastNs: bigint;

  constructor(at: StoredPage) {
    this.#at = at;
    this.#lastNs = at.timeNs;
  }

  /** Records activity at this time. */
  touch(timeNs: bigint): void {
    if (timeNs > this.#lastNs) this.#lastNs = timeNs;
  }

  /** Of several values the worst is shown, to three significant digits as in the session (S52). */
  addVital({ name, value }: WebVital): void {
    const rounded = Number(value.toPrecision(3));
    this.#vitals.set(name, Math.max(rounded, this.#vitals.get(name) ?? 0));
  }

  addAction(action: VisitAction): void {
    const known = this.#actions.get(action.kind);
    const actions = known ?? new BestOf<VisitAction>(MAX_TOLD_ACTIONS, compareInTime);
    if (known === undefined) this.#actions.set(action.kind, actions);
    actions.add(action);
  }

  addRequest(request: VisitRequest): void {
    this.#requests.add(request);
    if (request.hasFailed) this.#failedRequests++;
  }

  /** Calls `read` for the texts if they may be shown. */
  addException(facts: ExceptionFacts, service: string | undefined, read: () => ReportedException): void {
    const key = `${facts.key} ${service ?? ''}`;
    let kind = this.#exceptions.get(key);
    if (kind === undefined) {
      if (this.#exceptions.size >= MAX_KINDS) {
        this.#moreExceptions++;
        return;
      }
      kind = new ExceptionKind(service);
      this.#exceptions.set(key, kind);
    }
    kind.add(facts, read());
  }

  addCall(record: RecordId, timeNs: bigint): void {
    const known = this.#agent;
    const isFirst = known === undefined || compareInTime({ record, timeNs }, known) < 0;
    this.#agent = {
      ...(isFirst ? { record, timeNs } : { record: known.record, timeNs: known.timeNs }),
      callCount: (known?.callCount ?? 0) + 1,
    };
  }

  /** `next` is the page that was entered after it. */
  finish(next: StoredPage | undefined): Omit<PageVisit, 'isEntry' | 'isExit' | 'isTruncated'> {
    const { record, page, timeNs: enteredNs } = this.#at;
    const isAway = next === undefined || next.timeNs - this.#lastNs > AWAY_NS;
    const leftNs = isAway ? this.#lastNs : next.timeNs;
    const actions = [...this.#actions].map(([kind, reports]) => ({ kind, ...eachOnce(reports) }));
    const exceptions = [...this.#exceptions.values()].map((kind) => kind.finish());
    return {
      record,
      page,
      enteredNs,
      leftNs: leftNs > enteredNs ? leftNs : enteredNs,
      vitals: this.#vitals,
      clickCount: actions.find(({ kind }) => kind === 'click')?.count ?? 0,
      actionCount: actions.reduce((sum, { count }) => sum + count, 0),
      actions: actions
        .flatMap(({ list }) => list)
        .sort(compareInTime)
        .slice(0, MAX_ACTIONS),
      requestCount: this.#requests.count,
      failedRequestCount: this.#failedRequests,
      requests: this.#requests.list(),
      exceptionCount: exceptions.reduce((sum, { count }) => sum + count, this.#moreExceptions),
      exceptions: exceptions.sort(compareFirst).slice(0, MAX_EXCEPTIONS),
      ...(this.#agent !== undefined && { agent: this.#agent }),
    };
  }
}

/**
 * Actions of one kind, each once: instruments report one for each listener, and several may report the same.
 * Of reports within 50 ms one is shown: preferably with a target, and preferably a span rather than a log
 * record.
 */
function eachOnce(reports: BestOf<VisitAction>): { count: number; list: VisitAction[] } {
  const all = reports.list();
  const list: VisitAction[] = [];
  let firstNs: bigint | undefined;
  for (const action of all) {
    const last = list.length - 1;
    if (firstNs === undefined || action.timeNs - firstNs > SAME_ACTION_NS) {
      list.push(action);
      firstNs = action.timeNs;
    } else if (worth(action) > worth(list[last]!)) {
      list[last] = action;
    }
  }
  return { count: list.length + reports.count - all.length, list };
}

function worth({ target, record }: VisitAction): number {
  return (target === undefined ? 0 : 2) + (record.spanId === undefined ? 0 : 1);
}

function compareRequests(a: VisitRequest, b: VisitRequest): number {
  if (a.hasFailed !== b.hasFailed) return a.hasFailed ? -1 : 1;
  if (a.durationNs !== b.durationNs) return a.durationNs > b.durationNs ? -1 : 1;
  return compareIds(a.record, b.record);
}

function compareFirst(a: VisitException, b: VisitException): number {
  return compareInTime({ timeNs: a.firstNs, record: a.record }, { timeNs: b.firstNs, record: b.record });
}
