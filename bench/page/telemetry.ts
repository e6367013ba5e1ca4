import { address, sessionId, userId } from '../generate/ids.js';
import { NanoTime } from '../generate/nanos.js';
import { Random } from '../generate/random.js';
import { RequestWriter } from '../generate/request-writer.js';
import { writeSpan } from '../generate/span-template.js';
import { API_ENVELOPE, PAGE_LOADS, RESOURCES } from '../generate/web-spans.js';

/** Stream number of the page's sessions. */
const STREAM = 14;
const SPANS_PER_REQUEST = 250;
const MS = 1e6;
/** Time between the starts of two traces, and of two spans of one. */
const TRACE_NS = 1000 * MS;
const SPAN_NS = 40 * MS;

/** A session of equal traces: a page load, and all its fetches below it. */
export interface Shape {
  /** Identifies the session. */
  readonly number: number;
  readonly startMs: number;
  readonly traces: number;
  readonly spansPerTrace: number;
}

export function idOf({ number }: Shape): string {
  return sessionId(STREAM, number);
}

/** The session as requests of encoded OTLP protobuf. */
export function* requestsOf(shape: Shape): Generator<Buffer> {
  const random = new Random(shape.number + 1);
  const time = new NanoTime(shape.startMs);
  const writer = new RequestWriter();
  const whose = {
    session: Buffer.from(idOf(shape)),
    user: Buffer.from(userId(shape.number)),
    address: Buffer.from(address(shape.number)),
  };
  const randomBytes = (length: number): Buffer => {
    const bytes = Buffer.allocUnsafe(length);
    random.fill(bytes, 0, length);
    return bytes;
  };
  let written = 0;
  for (let trace = 0; trace < shape.traces; trace++) {
    const traceId = randomBytes(16);
    const rootId = randomBytes(8);
    const traceNs = trace * TRACE_NS;
    for (let span = 0; span < shape.spansPerTrace; span++) {
      const isRoot = span === 0;
      const startNs = traceNs + span * SPAN_NS;
      const values = {
        ...whose,
        traceId,
        spanId: isRoot ? rootId : randomBytes(8),
        parentId: isRoot ? undefined : rootId,
        startNs,
        endNs: isRoot ? traceNs + shape.spansPerTrace * SPAN_NS : startNs + SPAN_NS,
      };
      const templates = isRoot ? PAGE_LOADS : RESOURCES;
      writeSpan(writer, templates[trace % templates.length]!.known, values, time, random);
      if (++written % SPANS_PER_REQUEST > 0) continue;
      writer.closeGroup(API_ENVELOPE);
      yield writer.finish();
    }
  }
  if (written % SPANS_PER_REQUEST === 0) return;
  writer.closeGroup(API_ENVELOPE);
  yield writer.finish();
}
