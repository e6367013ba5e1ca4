const MS = 1_000_000n;
const SPANS_PER_REQUEST = 5_000;

export interface HeavySession {
  readonly id: string;
  readonly traces: number;
  readonly spansPerTrace: number;
  /** Start of its first span, nanoseconds since 1970. */
  readonly startNs: bigint;
  /** Tells the ids of its traces from those of others, 1 to 255. */
  readonly number: number;
}

/** The requests of a session for the page to draw, OTLP/JSON: each trace a root with children of children, each fifth span a level deeper. */
export function* heavySession({
  id,
  traces,
  spansPerTrace,
  startNs,
  number,
}: HeavySession): Generator<string> {
  let spans: object[] = [];
  for (let trace = 0; trace < traces; trace++) {
    const traceId = hex(number, 8) + hex(trace, 24);
    for (let index = 0; index < spansPerTrace; index++) {
      const from = startNs + BigInt(trace) * 1_000n * MS + BigInt(index) * MS;
      spans.push({
        traceId,
        spanId: hex(index + 1, 16),
        ...(index > 0 && { parentSpanId: hex(Math.floor((index - 1) / 5) + 1, 16) }),
        name: `step ${index}`,
        kind: 1,
        startTimeUnixNano: String(from),
        endTimeUnixNano: String(from + 500n * MS),
        attributes: [{ key: 'session.id', value: { stringValue: id } }],
      });
      if (spans.length === SPANS_PER_REQUEST) {
        yield request(spans);
        spans = [];
      }
    }
  }
  if (spans.length > 0) yield request(spans);
}

function request(spans: readonly object[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'worker' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
