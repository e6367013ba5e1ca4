import type { ExceptionChannel, ExceptionFacts } from '../normalize/facts.js';
import type { ByteString, SpanFacts } from './records.js';

/** The order of the counts by channel. */
export const CHANNELS: readonly ExceptionChannel[] = ['span_event', 'log', 'span'];

/** Maximum number of ancestors that are compared. */
const MOST_ANCESTORS = 32;

/** Reports of an exception by the same channel on the same span within this time are one. */
const SAME_NS = 100_000_000n;

/** A record's report of an exception. */
export interface ExceptionReport<Place> {
  readonly exception: ExceptionFacts;
  /** The span that it is reported on; empty if there is none. */
  readonly spanId: ByteString;
  readonly service: string | undefined;
  /** Where it counts: the same for reports of the same session. */
  readonly place: Place;
}

export interface CountedException<Place> {
  /** The first report of it in its channel. */
  readonly report: ExceptionReport<Place>;
  /** Whether any of its reports is a crash. */
  readonly isCrash: boolean;
}

/**
 * The counted exceptions of a group, from all reports of its records (S60). A report is left out if a span
 * below reports the same exception in the same session, because it passed through on its way up. Repeated
 * reports of a channel on the same span at the same time are one. So an exception that every span on its way
 * records, and every layer logs, is one, and three failed attempts are three.
 */
export function countedExceptions<Place>(
  spans: ReadonlyMap<ByteString, SpanFacts>,
  all: readonly ExceptionReport<Place>[],
): CountedException<Place>[] {
  if (all.length === 1) return all.map(counted);
  const found: CountedException<Place>[] = [];
  const together = new Map<string, ExceptionReport<Place>[]>();
  const passed = new PassedThrough(spans, all);
  for (const report of all) {
    if (report.spanId === '') {
      found.push(counted(report));
    } else if (!passed.has(report)) {
      const name = `${report.exception.channel} ${passed.nameOf(report)} ${report.spanId}`;
      const others = together.get(name);
      if (others === undefined) together.set(name, [report]);
      else others.push(report);
    }
  }
  for (const reports of together.values()) found.push(...apartInTime(reports));
  return found;
}

function counted<Place>(report: ExceptionReport<Place>): CountedException<Place> {
  return { report, isCrash: report.exception.isCrash === true };
}

function* apartInTime<Place>(reports: ExceptionReport<Place>[]): Generator<CountedException<Place>> {
  reports.sort((a, b) => Number(a.exception.atNs - b.exception.atNs));
  let first = reports[0]!;
  let lastNs = first.exception.atNs;
  let isCrash = false;
  for (const report of reports) {
    const { atNs } = report.exception;
    if (atNs - lastNs > SAME_NS) {
      yield { report: first, isCrash };
      first = report;
      isCrash = false;
    }
    lastNs = atNs;
    isCrash ||= report.exception.isCrash === true;
  }
  yield { report: first, isCrash };
}

/** Finds exceptions of spans that spans below them report too. */
class PassedThrough<Place> {
  readonly #places = new Map<Place, number>();
  /** By span: the names of exceptions reported on it. */
  readonly #reported = new Map<ByteString, Set<string>>();
  readonly #passed = new Map<ByteString, Set<string>>();

  constructor(spans: ReadonlyMap<ByteString, SpanFacts>, all: readonly ExceptionReport<Place>[]) {
    for (const report of all) addTo(this.#reported, report.spanId, this.nameOf(report));
    for (const [spanId, names] of this.#reported) {
      for (const above of ancestors(spans, spanId)) {
        for (const name of shared(names, this.#reported.get(above))) addTo(this.#passed, above, name);
      }
    }
  }

  /** Equal for the same exception in the same session. */
  nameOf({ place, exception }: ExceptionReport<Place>): string {
    let number = this.#places.get(place);
    if (number === undefined) {
      number = this.#places.size;
      this.#places.set(place, number);
    }
    return `${number} ${exception.key}`;
  }

  has(report: ExceptionReport<Place>): boolean {
    return this.#passed.get(report.spanId)?.has(this.nameOf(report)) ?? false;
  }
}

/**
 * The names in both sets, at the cost of the smaller one, so that many names on one span and many spans below
 * it do not multiply.
 */
function* shared(names: ReadonlySet<string>, others: ReadonlySet<string> = NO_NAMES): Generator<string> {
  const [few, many] = names.size <= others.size ? [names, others] : [others, names];
  for (const name of few) if (many.has(name)) yield name;
}

const NO_NAMES: ReadonlySet<string> = new Set();

function addTo(sets: Map<ByteString, Set<string>>, key: ByteString, value: string): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}

/** The nearest `MOST_ANCESTORS` ancestors of a span; none if it is in a circle of parents. */
export function ancestors(spans: ReadonlyMap<ByteString, SpanFacts>, spanId: ByteString): ByteString[] {
  const found: ByteString[] = [];
  let at = spans.get(spanId)?.parentId;
  while (at !== undefined && at !== '' && found.length < MOST_ANCESTORS) {
    if (at === spanId) return [];
    found.push(at);
    at = spans.get(at)?.parentId;
  }
  return found;
}
