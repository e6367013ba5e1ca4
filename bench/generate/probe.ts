import { address, sessionId, userId } from './ids.js';
import { NanoTime } from './nanos.js';
import { Random } from './random.js';
import { RequestWriter } from './request-writer.js';
import { writeSpan } from './span-template.js';
import { API_ENVELOPE, PAGE_LOADS } from './web-spans.js';

/** Stream number of the probes' sessions. */
export const PROBE_STREAM = 15;

const MS = 1e6;

/** A request with one span of a session of its own: the session's id, and the encoded OTLP protobuf. */
export function probe(number: number, nowMs: number): { readonly id: string; readonly body: Buffer } {
  const random = new Random(number + 1);
  const writer = new RequestWriter();
  const id = sessionId(PROBE_STREAM, number);
  const ids = Buffer.allocUnsafe(24);
  random.fill(ids, 0, 24);
  const values = {
    traceId: ids.subarray(0, 16),
    spanId: ids.subarray(16, 24),
    parentId: undefined,
    startNs: 0,
    endNs: 100 * MS,
    session: Buffer.from(id),
    user: Buffer.from(userId(number)),
    address: Buffer.from(address(number)),
  };
  writeSpan(writer, PAGE_LOADS[0]!.known, values, new NanoTime(nowMs - 100), random);
  writer.closeGroup(API_ENVELOPE);
  return { id, body: writer.finish() };
}
