import { type ExceptionTexts, readExceptionTexts } from '../../normalize/exception-texts.js';
import { hashOf } from '../../normalize/exceptions.js';
import type { ExceptionChannel, ExceptionFacts } from '../../normalize/facts.js';
import type { PageUrlReader } from '../../normalize/visit/page-url.js';
import { readLogRecords, readSpans } from '../../otlp/read.js';
import {
  CHANNELS,
  type CountedException,
  countedExceptions,
  type ExceptionReport,
} from '../../sessionize/exceptions.js';
import { addReports } from '../../sessionize/fragment.js';
import type { ByteString, SpanFacts } from '../../sessionize/records.js';
import { isLogRecord } from '../../sessionize/usage.js';
import type { ExceptionPosition, StoredException } from '../contract/exception.js';
import { encodeRecords } from '../records/block.js';
import { recordId, spanRecordId } from './record-ids.js';
import type { UsageSource } from './usage-pages.js';

/** Groups and records that are read in one go: about half a second of work. */
export const MOST_GROUPS = 2_000;
export const MOST_RECORDS = 20_000;

/** Where an exception is reported. */
interface Place {
  readonly record: UsageSource;
  readonly traceId: ByteString;
  /** For an event: its index among its span's events that report exceptions. */
  readonly event: number;
}

/** An exception of one service, with its reports. */
interface Kind {
  readonly position: ExceptionPosition;
  readonly service: string | undefined;
  /** In the order of CHANNELS. */
  readonly counts: number[];
  readonly crashes: number[];
  /** The first report of each channel. */
  readonly first: (ExceptionReport<true> | undefined)[];
  lastNs: bigint;
}

/** Collects the exceptions of a session, group by group, and merges those of the same kind. */
export class ExceptionKinds {
  readonly #kinds = new Map<string, Kind>();
  readonly #places = new Map<ExceptionFacts, Place>();
  readonly #readUrl: PageUrlReader;

  /** `readUrl` decides what is shown of the addresses of pages. */
  constructor(readUrl: PageUrlReader) {
    this.#readUrl = readUrl;
  }

  /** `records` are those of a group that are in the session. */
  addGroup(
    traceId: ByteString,
    spans: ReadonlyMap<ByteString, SpanFacts>,
    records: readonly UsageSource[],
  ): void {
    const reports: ExceptionReport<true>[] = [];
    for (const record of records) {
      const { usageRecord } = record;
      if (usageRecord.exceptions === undefined) continue;
      addReports(reports, usageRecord, isLogRecord(usageRecord) ? usageRecord.spanId : usageRecord.id, true);
      let event = 0;
      for (const exception of usageRecord.exceptions) {
        this.#places.set(exception, { record, traceId, event });
        if (exception.channel === 'span_event') event++;
      }
    }
    if (reports.length === 0) return;
    reports.sort((a, b) => this.#compare(a, b));
    for (const counted of countedExceptions(spans, reports)) this.#add(counted);
  }

  /** At most `limit` exceptions after `after`, earliest first. */
  page(after: ExceptionPosition | undefined, limit: number): { items: StoredException[]; isMore: boolean } {
    const behind = [...this.#kinds.values()]
      .map((kind) => ({ ...kind, position: { ...kind.position, firstNs: this.#firstNs(kind) } }))
      .sort((a, b) => comparePositions(a.position, b.position))
      .filter(({ position }) => after === undefined || comparePositions(position, after) > 0);
    return {
      items: behind.slice(0, limit).map((kind) => this.#stored(kind)),
      isMore: behind.length > limit,
    };
  }

  #add({ report, isCrash }: CountedException<true>): void {
    const { exception, service } = report;
    const name = `${exception.key}.${hashOf(service ?? '')}`;
    const atNs = this.#atNs(report);
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      const position = { firstNs: atNs, kind: name };
      const zeros = () => CHANNELS.map(() => 0);
      kind = { position, service, counts: zeros(), crashes: zeros(), first: [], lastNs: atNs };
      this.#kinds.set(name, kind);
    }
    const at = CHANNELS.indexOf(exception.channel);
    kind.counts[at]!++;
    if (isCrash) kind.crashes[at]!++;
    if (atNs > kind.lastNs) kind.lastNs = atNs;
    const first = kind.first[at];
    if (first === undefined || this.#compare(report, first) < 0) kind.first[at] = report;
  }

  #firstNs({ first }: Kind): bigint {
    return first
      .flatMap((report) => report ?? [])
      .reduce((least, report) => {
        const atNs = this.#atNs(report);
        return least < 0n || atNs < least ? atNs : least;
      }, -1n);
  }

  /** An event without a time has the time of its span. */
  #atNs({ exception }: ExceptionReport<true>): bigint {
    if (exception.atNs > 0n) return exception.atNs;
    const { usageRecord } = this.#places.get(exception)!.record;
    return isLogRecord(usageRecord) ? usageRecord.timeNs : usageRecord.startNs;
  }

  #compare(a: ExceptionReport<true>, b: ExceptionReport<true>): number {
    const [first, second] = [this.#atNs(a), this.#atNs(b)];
    if (first !== second) return first < second ? -1 : 1;
    const [one, other] = [a, b].map(({ exception }) => this.#places.get(exception)!);
    const [id, otherId] = [one!, other!].map(({ traceId, record }) => traceId + record.usageRecord.id);
    if (id !== otherId) return id! < otherId! ? -1 : 1;
    return one!.event - other!.event;
  }

  #stored({ position, service, counts, crashes, first, lastNs }: Kind): StoredException {
    const reports = first.flatMap((report) => report ?? []).sort((a, b) => this.#compare(a, b));
    const texts: ExceptionTexts = Object.assign({}, ...reports.map((each) => this.#texts(each)).reverse());
    const traced = reports.find(({ spanId }) => spanId !== '') ?? reports[0]!;
    const { traceId, record } = this.#places.get(reports[0]!.exception)!;
    const at = this.#places.get(traced.exception)!;
    return {
      position,
      firstNs: position.firstNs,
      lastNs,
      ...(service !== undefined && { service }),
      channels: CHANNELS.filter((_, channel) => counts[channel]! > 0) as ExceptionChannel[],
      count: Math.max(...counts),
      crashCount: Math.max(...crashes),
      ...texts,
      record: recordId(traceId, record.usageRecord),
      ...(traced.spanId !== '' && at.traceId !== '' && { span: spanRecordId(at.traceId, traced.spanId) }),
    };
  }

  #texts({ exception }: ExceptionReport<true>): ExceptionTexts {
    const { record, event } = this.#places.get(exception)!;
    const { spans, logs } = encodeRecords([record.source]);
    if (exception.channel === 'log')
      return readExceptionTexts({ log: readLogRecords(logs)[0]! }, this.#readUrl);
    const span = readSpans(spans)[0]!;
    return readExceptionTexts(exception.channel === 'span' ? { span } : { span, event }, this.#readUrl);
  }
}

function comparePositions(a: ExceptionPosition, b: ExceptionPosition): number {
  if (a.firstNs !== b.firstNs) return a.firstNs < b.firstNs ? -1 : 1;
  return a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0;
}
