import type { LogRecord, SpanRecord } from '../conversation/record.js';
import { boundedText } from '../normalize/bounded-text.js';
import { createPageUrls, type PageUrlReader } from '../normalize/visit/page-url.js';
import type { ResourceView } from '../otlp/read.js';
import type { RecordId, StoredFacts, StoredGroup, StoredPage } from '../store/contract/group.js';
import { GroupRecords, type PlacedSpan, type RequestSpans } from './group-records.js';
import { PageDraft } from './page-draft.js';
import { idOf } from './page-list.js';
import type { PageVisit, VisitRequest } from './page-visit.js';
import { Placing } from './placing.js';
import { pageOfVital, type ReportedVital } from './reported-vitals.js';
import { actionOf, exceptionTexts, namedPageOf, requestFacts } from './signals.js';

const MAX_SERVICE = 256;

/** Some consecutive pages of a visit. */
export interface PageRange {
  /** Index of the first among all pages of the visit, and of the one after the last. */
  readonly from: number;
  readonly to: number;
}

/**
 * What happened on some pages of a visit: a pure function of its pages and its groups, in any order. Groups
 * without a record on the pages may be left out. Stores the displayed facts only, no records.
 */
export class Visit {
  readonly #pages: readonly StoredPage[];
  readonly #range: PageRange;
  readonly #places: Placing;
  readonly #drafts: readonly PageDraft[];

  readonly #readUrl: PageUrlReader;

  /**
   * `pages` are all pages of the visit in order of time, at least one. `range` has the requested ones.
   * `vitals` are all web vitals. `readUrl` decides which part of the addresses of pages and requests is
   * shown.
   */
  constructor(
    pages: readonly StoredPage[],
    range: PageRange,
    vitals: readonly ReportedVital[] = [],
    readUrl: PageUrlReader = createPageUrls('path'),
  ) {
    this.#readUrl = readUrl;
    this.#pages = pages;
    this.#range = range;
    this.#places = new Placing(pages);
    this.#drafts = pages.slice(range.from, range.to).map((page) => new PageDraft(page));
    for (const reported of vitals)
      this.#draftOf(pageOfVital(reported, this.#places))?.addVital(reported.vital);
  }

  take(group: StoredGroup): void {
    new GroupOnPages(group, this.#places, this.#readUrl, (page) => this.#draftOf(page)).take();
  }

  #draftOf(page: number): PageDraft | undefined {
    return this.#drafts[page - this.#range.from];
  }

  /** `isTruncated` says of a page, by the time it was left, whether left-out groups may have records on it. */
  finish(isTruncated: (leftNs: bigint) => boolean = () => false): PageVisit[] {
    const { from } = this.#range;
    return this.#drafts.map((draft, index) => {
      const at = from + index;
      const visit = draft.finish(this.#pages[at + 1]);
      return {
        ...visit,
        isEntry: at === 0,
        isExit: at === this.#pages.length - 1,
        isTruncated: isTruncated(this.#pages[at + 1]?.timeNs ?? visit.leftNs),
      };
    });
  }
}

/** Places the facts of a group's records on their pages. */
class GroupOnPages {
  readonly #group: StoredGroup;
  readonly #records: GroupRecords;
  readonly #places: Placing;
  readonly #readUrl: PageUrlReader;
  readonly #draftOf: (page: number) => PageDraft | undefined;
  /** Pages of placed spans, by span id. */
  readonly #pages = new Map<string, number>();
  /** The first page that a span of the group reports. */
  #tracePage: { readonly page: number; readonly timeNs: bigint } | undefined;

  constructor(
    group: StoredGroup,
    places: Placing,
    readUrl: PageUrlReader,
    draftOf: (page: number) => PageDraft | undefined,
  ) {
    this.#group = group;
    this.#readUrl = readUrl;
    this.#records = new GroupRecords(group);
    this.#places = places;
    this.#draftOf = draftOf;
    for (const record of this.#records.spans.values()) {
      const page = places.reportedBy(this.#records.idOf(record));
      const timeNs = record.span.start_time_unix_nano;
      if (page !== undefined && (this.#tracePage === undefined || timeNs < this.#tracePage.timeNs)) {
        this.#tracePage = { page, timeNs };
      }
    }
  }

  take(): void {
    const { spans, logs, requests } = this.#records;
    for (const record of spans.values()) this.#takeSpan(record);
    for (const log of logs) this.#takeLog(log);
    for (const request of requests)
      this.#on(this.#pageOfSpan(request.record))?.addRequest(this.#requestOf(request));
    const logsById = new Map(logs.map((log) => [log.id, log]));
    const inOrder = (this.#group.facts ?? []).toSorted((a, b) => (idOf(a.record) < idOf(b.record) ? -1 : 1));
    for (const facts of inOrder) {
      const { spanId = '', logId = '' } = facts.record;
      const record = spans.get(spanId) ?? logsById.get(logId);
      if (record !== undefined) this.#takeFacts(facts, record);
    }
    for (const { record, timeNs, usage, reason } of this.#group.usageRecords) {
      if (usage.kind !== 'call' || reason !== undefined) continue;
      const log = logsById.get(record.logId ?? '');
      const span = spans.get(record.spanId ?? '');
      const page = log !== undefined ? this.#pageOfLog(log) : span && this.#pageOfSpan(span);
      this.#on(page ?? this.#places.at(timeNs))?.addCall(record, timeNs);
    }
  }

  #takeSpan(record: SpanRecord): void {
    const { start_time_unix_nano: startNs, end_time_unix_nano: endNs } = record.span;
    this.#on(this.#pageOfSpan(record))?.touch(endNs > startNs ? endNs : startNs);
    const action = actionOf(record);
    if (action === undefined) return;
    const found = { ...action, timeNs: startNs, record: this.#records.idOf(record) };
    this.#on(this.#pageOfAction(record))?.addAction(found);
  }

  /** A click that changed the route may report the new page, but happened on the previous one. */
  #pageOfAction(record: SpanRecord): number {
    const reported = this.#places.reportedBy(this.#records.idOf(record));
    if (reported === undefined) return this.#pageOfSpan(record);
    const page = this.#places.at(record.span.start_time_unix_nano, namedPageOf(record));
    return page === reported ? Math.max(0, reported - 1) : page;
  }

  #takeLog(log: LogRecord): void {
    const page = this.#on(this.#pageOfLog(log));
    if (page === undefined) return;
    page.touch(log.timeNs);
    const action = actionOf(log);
    if (action === undefined) return;
    page.addAction({ ...action, timeNs: log.timeNs, record: this.#records.idOf(log) });
  }

  #takeFacts({ record: id, service, exceptions = [] }: StoredFacts, record: SpanRecord | LogRecord): void {
    const page = 'span' in record ? this.#pageOfSpan(record) : this.#pageOfLog(record);
    for (const exception of exceptions) {
      this.#on(page)?.addException(exception, service, () => ({
        record: id,
        timeNs: exception.atNs,
        span: spanOf(id, record),
        texts: exceptionTexts(record, exception, this.#readUrl),
      }));
    }
  }

  #requestOf({ record, answer }: RequestSpans): VisitRequest {
    const { start_time_unix_nano: startNs } = record.span;
    const server = answer ?? (this.#isAnswered(record) ? record : undefined);
    const service = server && serviceOf(server.span.resource);
    return {
      record: this.#records.idOf(record),
      startNs,
      durationNs: durationOf(record),
      ...requestFacts(record, this.#readUrl),
      ...(server !== undefined && {
        server: {
          record: this.#records.idOf(server),
          name: server.span.name,
          ...(service !== undefined && { service }),
          durationNs: durationOf(server),
        },
      }),
    };
  }

  /** Whether the server's span is the request's own span. */
  #isAnswered({ span }: SpanRecord): boolean {
    return this.#records.placed(span.span_id)?.isServed === true;
  }

  #pageOfSpan({ span }: SpanRecord): number {
    const placed = this.#records.placed(span.span_id)!;
    const { anchor } = placed;
    const known = this.#pages.get(anchor.span.span_id);
    if (known !== undefined) return known;
    const page = this.#pageOfAnchor(placed);
    this.#pages.set(anchor.span.span_id, page);
    return page;
  }

  #pageOfAnchor({ anchor }: PlacedSpan): number {
    const reported = this.#places.reportedBy(this.#records.idOf(anchor));
    if (reported !== undefined) return reported;
    const { start_time_unix_nano: startNs } = anchor.span;
    const { isVisitors } = this.#records.placed(anchor.span.span_id)!;
    // A server that renders the document names its span as the parent of the page load.
    const first = this.#tracePage;
    if (!isVisitors && first !== undefined && startNs <= first.timeNs) return first.page;
    return this.#places.at(startNs, isVisitors ? namedPageOf(anchor) : {});
  }

  #pageOfLog(log: LogRecord): number {
    const reported = this.#places.reportedBy(this.#records.idOf(log));
    if (reported !== undefined) return reported;
    if (this.#records.isVisitors(log)) return this.#places.at(log.timeNs, namedPageOf(log));
    const span = this.#records.placed(log.log.span_id);
    return span === undefined ? this.#places.at(log.timeNs) : this.#pageOfSpan(span.record);
  }

  #on(page: number): PageDraft | undefined {
    return this.#draftOf(page);
  }
}

/** The span that a record is, or that a log record belongs to. */
function spanOf({ traceId, spanId }: RecordId, record: SpanRecord | LogRecord): RecordId | undefined {
  const id = 'log' in record ? record.log.span_id : spanId;
  return traceId === undefined || !id ? undefined : { traceId, spanId: id };
}

function durationOf({ span }: SpanRecord): bigint {
  const length = span.end_time_unix_nano - span.start_time_unix_nano;
  return length > 0n ? length : 0n;
}

function serviceOf({ attributes }: ResourceView): string | undefined {
  const value = attributes.find(({ key }) => key === 'service.name')?.value;
  return typeof value === 'string' ? boundedText(value, MAX_SERVICE) : undefined;
}
