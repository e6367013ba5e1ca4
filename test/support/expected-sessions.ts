import { type LogSpec, type SpanSpec, spanId, traceId } from './telemetry.js';

/** A session as `JSON.parse` gives it. */
export type SessionJson = ReturnType<Expected['item']>;

/**
 * The sessions of a set of telemetry, computed in the simplest way from all of it at once: the expected
 * answers of the server. Follows src/sessionize/SPEC.md and docs/usage.md within these limits: all of it is
 * older than the session time-out, no two versions of a span end at the same time, no model call is below
 * another, each has tokens and reports its cost, and the only identity is one `user.id` per session.
 */
export function expectedSessions(spans: readonly SpanSpec[], logs: readonly LogSpec[]): SessionJson[] {
  const traces = new Traces(spans);
  const sessions = new Map<string, Expected>();
  const session = (id: string): Expected => {
    const found = sessions.get(id) ?? new Expected(id);
    sessions.set(id, found);
    return found;
  };
  for (const span of traces.spans()) {
    const expected = session(traces.sessionOf(span));
    expected.addSpan(span);
    if (traces.counts(span)) expected.addUsage(span);
  }
  for (const log of logs) session(traces.sessionOfLog(log)).addLog(log);
  return [...sessions.values()].sort(newestFirst).map((each) => each.item());
}

/** Each span in the version that is kept (S2). */
export function keptVersions(spans: readonly SpanSpec[]): SpanSpec[] {
  const kept = new Map<string, SpanSpec>();
  for (const span of spans) {
    const id = `${span.trace} ${span.span}`;
    const known = kept.get(id);
    if (known === undefined || known.end < span.end) kept.set(id, span);
  }
  return [...kept.values()];
}

/** Spans and their ancestors. */
class Traces {
  readonly #traces = new Map<string, Map<string, SpanSpec>>();
  /** Spans with usage below them. */
  readonly #superseded = new Set<SpanSpec>();

  constructor(spans: readonly SpanSpec[]) {
    for (const span of keptVersions(spans)) {
      const trace = this.#traces.get(span.trace) ?? new Map<string, SpanSpec>();
      this.#traces.set(span.trace, trace.set(span.span, span));
    }
    for (const span of this.spans()) {
      if (carriesUsage(span)) for (const above of this.#ancestors(span)) this.#superseded.add(above);
    }
  }

  *spans(): Iterable<SpanSpec> {
    for (const trace of this.#traces.values()) yield* trace.values();
  }

  /** S4 to S7 */
  sessionOf(span: SpanSpec): string {
    const own = ownSession(span);
    if (own !== undefined) return own;
    for (const above of this.#ancestors(span)) {
      const inherited = ownSession(above);
      if (inherited !== undefined) return inherited;
    }
    return this.#sessionOfTrace(span.trace);
  }

  /** S8 */
  sessionOfLog(log: LogSpec): string {
    const own = ownSession(log);
    if (own !== undefined) return own;
    const span = this.#traces.get(log.trace!)?.get(log.span!);
    return span === undefined ? this.#sessionOfTrace(log.trace!) : this.sessionOf(span);
  }

  /** U7, U8 */
  counts(span: SpanSpec): boolean {
    return carriesUsage(span) && !this.#superseded.has(span);
  }

  /** S6, S7 */
  #sessionOfTrace(trace: string): string {
    const first = [...(this.#traces.get(trace)?.values() ?? [])]
      .filter((span) => ownSession(span) !== undefined)
      .reduce<SpanSpec | undefined>((a, b) => (a === undefined || b.start < a.start ? b : a), undefined);
    return first === undefined ? traceId(trace) : ownSession(first)!;
  }

  *#ancestors(span: SpanSpec): Iterable<SpanSpec> {
    const trace = this.#traces.get(span.trace)!;
    let above = span.parent === undefined ? undefined : trace.get(span.parent);
    while (above !== undefined) {
      yield above;
      above = above.parent === undefined ? undefined : trace.get(above.parent);
    }
  }
}

function ownSession({ attributes }: SpanSpec | LogSpec): string | undefined {
  return attributes?.['session.id'] as string | undefined;
}

function carriesUsage({ attributes }: SpanSpec): boolean {
  return attributes?.['gen_ai.operation.name'] !== undefined;
}

/** A session under construction. */
class Expected {
  readonly #id: string;
  readonly #services = new Set<string>();
  readonly #traces = new Set<string>();
  readonly #models = new Set<string>();
  readonly #providers = new Set<string>();
  #start: bigint | undefined;
  #last = 0n;
  /** Latest start of a span or time of a log record. */
  #lastStart = 0n;
  #endedAt: bigint | undefined;
  #userId: string | undefined;
  #spans = 0;
  #errors = 0;
  #requests = 0;
  #input = 0;
  #output = 0;
  #nanoUsd = 0;
  #root: SpanSpec | undefined;
  #failed: SpanSpec | undefined;

  constructor(id: string) {
    this.#id = id;
  }

  get start(): bigint {
    return this.#start!;
  }

  get id(): string {
    return this.#id;
  }

  addSpan(span: SpanSpec): void {
    this.#see(span, span.start, span.end);
    this.#traces.add(span.trace);
    this.#spans += 1;
    if (span.parent === undefined) this.#root = earlier(this.#root, span);
    if (span.error !== true) return;
    this.#errors += 1;
    this.#failed = earlier(this.#failed, span);
  }

  addLog(log: LogSpec): void {
    this.#see(log, log.time, log.time);
    if (log.event !== 'session.end') return;
    if (this.#endedAt === undefined || this.#endedAt < log.time) this.#endedAt = log.time;
  }

  addUsage({ attributes }: SpanSpec): void {
    this.#requests += 1;
    this.#input += Number(attributes!['gen_ai.usage.input_tokens']);
    this.#output += Number(attributes!['gen_ai.usage.output_tokens']);
    this.#nanoUsd += Math.round(Number(attributes!['gen_ai.usage.cost']) * 1e9);
    this.#models.add(String(attributes!['gen_ai.request.model']));
    this.#providers.add(String(attributes!['gen_ai.provider.name']));
  }

  item() {
    return {
      'session.id': this.#id,
      ...(this.#userId !== undefined && { 'user.id': this.#userId }),
      start_time: rfc3339(this.start),
      end_time: rfc3339(this.#last),
      duration_ms: Number(this.#last - this.start) / 1e6,
      trace_count: this.#traces.size,
      span_count: this.#spans,
      ...(this.#root && { title: nameOf(this.#root) }),
      ...(this.#failed && { outcome: nameOf(this.#failed) }),
      error_count: this.#errors,
      services: [...this.#services].sort(),
      state: this.#hasEnded ? 'ended' : 'timed_out',
      ...(this.#requests > 0 && {
        genai_usage: {
          request_count: this.#requests,
          total_input_tokens: this.#input,
          total_output_tokens: this.#output,
          models_used: [...this.#models].sort(),
          providers_used: [...this.#providers].sort(),
          estimated_cost_usd: this.#nanoUsd / 1e9,
        },
      }),
    };
  }

  /** Nothing began more than ten seconds after the lifecycle event (S13). */
  get #hasEnded(): boolean {
    return this.#endedAt !== undefined && this.#lastStart <= this.#endedAt + 10_000_000_000n;
  }

  #see({ attributes, resource }: SpanSpec | LogSpec, start: bigint, end: bigint): void {
    if (this.#start === undefined || start < this.#start) this.#start = start;
    if (end > this.#last) this.#last = end;
    if (start > this.#lastStart) this.#lastStart = start;
    this.#services.add(String(resource!['service.name']));
    this.#userId ??= attributes?.['user.id'] as string | undefined;
  }
}

function nameOf({ name = 'work' }: SpanSpec): string {
  return name;
}

/** The first by start and ids (S54, S55). */
function earlier(known: SpanSpec | undefined, span: SpanSpec): SpanSpec {
  if (known === undefined) return span;
  const place = ({ start, trace, span }: SpanSpec) => [start, traceId(trace), spanId(span)] as const;
  const [a, b] = [place(known), place(span)];
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && b[at]! < a[at]! ? span : known;
}

function newestFirst(a: Expected, b: Expected): number {
  if (a.start !== b.start) return a.start > b.start ? -1 : 1;
  return a.id > b.id ? -1 : 1;
}

function rfc3339(ns: bigint): string {
  const milliseconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, -1);
  return `${milliseconds}${String(ns % 1_000_000n).padStart(6, '0')}Z`;
}
