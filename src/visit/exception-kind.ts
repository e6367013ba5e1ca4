import type { ExceptionTexts } from '../normalize/exception-texts.js';
import type { ExceptionFacts } from '../normalize/facts.js';
import { CHANNELS } from '../sessionize/exceptions.js';
import type { RecordId } from '../store/contract/group.js';
import { compareInTime } from './in-time.js';
import type { VisitException } from './page-visit.js';

/** A record's report of an exception. */
export interface ReportedException {
  readonly record: RecordId;
  readonly timeNs: bigint;
  /** A span that reports it. */
  readonly span: RecordId | undefined;
  readonly texts: ExceptionTexts;
}

/** An exception of one service on one page, from reports of any channel in any order. */
export class ExceptionKind {
  readonly #service: string | undefined;
  /** In the order of CHANNELS. */
  readonly #counts = CHANNELS.map(() => 0);
  readonly #crashes = CHANNELS.map(() => 0);
  #first: ReportedException | undefined;
  /** The first report with a stack trace, else the first. */
  #shown: ReportedException | undefined;
  /** The first report on a span. */
  #traced: ReportedException | undefined;
  #lastNs = 0n;

  constructor(service: string | undefined) {
    this.#service = service;
  }

  add({ channel, isCrash }: ExceptionFacts, report: ReportedException): void {
    const at = CHANNELS.indexOf(channel);
    this.#counts[at]!++;
    if (isCrash) this.#crashes[at]!++;
    this.#first = earlier(report, this.#first);
    if (report.span !== undefined) this.#traced = earlier(report, this.#traced);
    if (this.#shown === undefined || saysMore(report, this.#shown)) this.#shown = report;
    if (report.timeNs > this.#lastNs) this.#lastNs = report.timeNs;
  }

  /** Requires at least one report. */
  finish(): VisitException {
    const { record, timeNs } = this.#first!;
    const span = this.#traced?.span;
    return {
      ...this.#shown!.texts,
      ...(this.#service !== undefined && { service: this.#service }),
      channels: CHANNELS.filter((_, channel) => this.#counts[channel]! > 0),
      count: Math.max(...this.#counts),
      crashCount: Math.max(...this.#crashes),
      firstNs: timeNs,
      lastNs: this.#lastNs,
      record,
      ...(span !== undefined && { span }),
    };
  }
}

function saysMore(report: ReportedException, than: ReportedException): boolean {
  const [has, had] = [report, than].map(({ texts }) => texts.stacktrace !== undefined);
  return has === had ? compareInTime(report, than) < 0 : has!;
}

function earlier(report: ReportedException, known: ReportedException | undefined): ReportedException {
  return known === undefined || compareInTime(report, known) < 0 ? report : known;
}
