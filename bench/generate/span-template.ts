import type { NanoTime } from './nanos.js';
import type { Random } from './random.js';
import type { RequestWriter } from './request-writer.js';
import {
  attribute,
  field,
  fixed32Field,
  fixed64Hole,
  hole,
  holeAt,
  holesAt,
  intField,
  type Part,
} from './template.js';

/** Field numbers of opentelemetry.proto.trace.v1. */
const SPANS = 2;
const ATTRIBUTES = 9;

/** Number of digits that make URLs differ. */
export const NUMBER_LENGTH = 6;

/** A span as bytes, and the offsets of the holes to fill; −1 if it has no such hole. */
export interface SpanTemplate {
  readonly part: Part;
  readonly traceId: number;
  readonly spanId: number;
  readonly parentId: number;
  readonly start: number;
  readonly end: number;
  readonly session: number;
  readonly user: number;
  readonly address: number;
  readonly numbers: readonly number[];
  readonly events: readonly number[];
}

export function spanTemplate(part: Part): SpanTemplate {
  return {
    part,
    traceId: holeAt(part, 'traceId'),
    spanId: holeAt(part, 'spanId'),
    parentId: holeAt(part, 'parentId'),
    start: holeAt(part, 'start'),
    end: holeAt(part, 'end'),
    session: holeAt(part, 'session'),
    user: holeAt(part, 'user'),
    address: holeAt(part, 'address'),
    numbers: holesAt(part, 'number'),
    events: holesAt(part, 'event'),
  };
}

/** Values for the holes of one span. Times are nanoseconds after the base of the stream. */
export interface SpanValues {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentId: Uint8Array | undefined;
  readonly startNs: number;
  readonly endNs: number;
  readonly session: Uint8Array;
  readonly user: Uint8Array;
  readonly address?: Uint8Array;
}

/** Appends a span to the open group and returns where it starts there. */
export function writeSpan(
  writer: RequestWriter,
  template: SpanTemplate,
  values: SpanValues,
  time: NanoTime,
  random: Random,
): number {
  const at = writer.copy(template.part);
  const group = writer.group;
  group.set(values.traceId, at + template.traceId);
  group.set(values.spanId, at + template.spanId);
  if (template.parentId >= 0 && values.parentId) group.set(values.parentId, at + template.parentId);
  time.write(group, at + template.start, values.startNs);
  time.write(group, at + template.end, values.endNs);
  if (template.session >= 0) group.set(values.session, at + template.session);
  if (template.user >= 0) group.set(values.user, at + template.user);
  if (template.address >= 0 && values.address) group.set(values.address, at + template.address);
  for (const number of template.numbers) {
    let rest = random.uint32();
    for (let i = 0; i < NUMBER_LENGTH; i++) {
      group[at + number + i] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }
  const step = Math.floor((values.endNs - values.startNs) / (template.events.length + 1));
  template.events.forEach((event, i) => {
    time.write(group, at + event, values.startNs + step * (i + 1));
  });
  return at;
}

/** The fields of every span, followed by its own. `kind` is OTLP's SpanKind. */
export function span(name: string, kind: number, child: boolean, ...rest: readonly Part[]): Part {
  return field(
    SPANS,
    field(1, hole('traceId', 16)),
    field(2, hole('spanId', 8)),
    ...(child ? [field(4, hole('parentId', 8))] : []),
    field(5, name),
    intField(6, kind),
    fixed64Hole(7, 'start'),
    fixed64Hole(8, 'end'),
    ...rest,
    fixed32Field(16, 0x101),
  );
}

export function spanAttribute(key: string, value: Parameters<typeof attribute>[2]): Part {
  return attribute(ATTRIBUTES, key, value);
}
