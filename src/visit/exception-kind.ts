import type { ExceptionTexts } from '../normalize/exception-texts.js';
import type { ExceptionFacts } from '../normalize/facts.js';
import { CHANNELS } from '../sessionize/exceptions.js';
import type { RecordId } from '../store/contract/group.js';
import { compareInTime } from './in-time.js';
import type { VisitException } from './page-visit.js';

/** What a record says of an exception. */
export interface ExceptionTelling {
  readonly record: RecordId;
  readonly timeNs: bigint;
  /** A span that it is told on. */
  readonly span: RecordId | undefined;
  readonly texts: ExceptionTexts;
}

/** An exception of one service on one page, whoever tells of it, in whatever order. */
export class ExceptionKind {
  readonly #service: string | undefined;
  /** In the order of CHANNELS. */
  readonly #counts = CHANNELS.map(() => 0);
  readonly #crashes = CHANNELS.map(() => 0);
  #first: ExceptionTelling | undefined;
  /** The first that has a stack trace, else the first. */
  #shown: ExceptionTelling | undefined;
  /** The first that is told on a span. */
  #traced: ExceptionTelling | undefined;
  #lastNs = 0n;

  constructor(service: string | undefined) {
    this.#service = service;
  }

  add({ channel, isCrash }: ExceptionFacts, telling: ExceptionTelling): void {
    const at = CHANNELS.indexOf(channel);
    this.#counts[at]!++;
    if (isCrash) this.#crashes[at]!++;
    this.#first = earlier(telling, this.#first);
    if (telling.span !== undefined) this.#traced = earlier(telling, this.#traced);
    if (this.#shown === undefined || saysMore(telling, this.#shown)) this.#shown = telling;
    if (telling.timeNs > this.#lastNs) this.#lastNs = telling.timeNs;
  }

  /** After one telling at least. */
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

function saysMore(telling: ExceptionTelling, than: ExceptionTelling): boolean {
  const [has, had] = [telling, than].map(({ texts }) => texts.stacktrace !== undefined);
  return has === had ? compareInTime(telling, than) < 0 : has!;
}

function earlier(telling: ExceptionTelling, known: ExceptionTelling | undefined): ExceptionTelling {
  return known === undefined || compareInTime(telling, known) < 0 ? telling : known;
}
