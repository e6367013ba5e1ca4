import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { Signal } from '../../../src/otlp/decode.js';
import { MalformedRequestError, TooManyRecordsError } from '../../../src/otlp/decode-errors.js';
import { transcodeJson } from '../../../src/otlp/decode-request.js';
import type { TranscodedRequest } from '../../../src/otlp/json.js';
import { otlpTypes } from '../../otlp-oracle.js';
import { jsonMutator } from '../mutate-json.js';
import { textMutator } from '../mutate-text.js';
import { assertSame } from '../same.js';
import type { FuzzTarget } from '../target.js';
import { jsonSeeds } from './otlp-seeds.js';

const SIGNALS: readonly Signal[] = ['traces', 'logs', 'metrics'];
const TYPES = {
  traces: otlpTypes.ExportTraceServiceRequest,
  logs: otlpTypes.ExportLogsServiceRequest,
  metrics: otlpTypes.ExportMetricsServiceRequest,
};
/** Protobuf is shorter than its JSON, but for values that JSON has in a character and protobuf in some bytes. */
const MOST_GROWTH = 8;

const TOKENS = [
  ...[
    '{"',
    '":',
    '":{',
    '":[',
    '},{',
    ']}',
    '"spans"',
    '"stringValue"',
    '"intValue"',
    '"doubleValue"',
    '"bytesValue"',
  ],
  ...[
    '"traceId"',
    '"kvlistValue"',
    '\\u0000',
    '\\ud800',
    '\\udc00\\ud800',
    '1e400',
    '-0.0',
    '123456789012345678901',
  ],
];

/**
 * A request in OTLP/JSON, read as each of the signals: it becomes protobuf, the same each time, that protobufjs reads
 * and would write the same way; or it is refused with a declared error.
 */
export async function openJson(): Promise<FuzzTarget> {
  return {
    seeds: SIGNALS.flatMap(jsonSeeds),
    mutate: jsonMutator(textMutator(TOKENS)),
    run: (input) => {
      for (const signal of SIGNALS) check(signal, input);
    },
  };
}

function check(signal: Signal, input: Uint8Array): void {
  const first = outcomeOf(signal, input);
  assertSame(outcomeOf(signal, input), first, 'the same text, read again');
  if (first instanceof Error) return;
  const { bytes } = first;
  assert.ok(bytes.length <= 64 + MOST_GROWTH * input.length, `${bytes.length} bytes of ${input.length}`);
  // Damaged points are written such that they cannot be read.
  if (signal === 'metrics') return;
  const type = TYPES[signal];
  const rewritten = type.encode(type.decode(bytes)).finish();
  assert.ok(Buffer.from(rewritten).equals(bytes), 'canonical protobuf');
}

function outcomeOf(signal: Signal, input: Uint8Array): TranscodedRequest | Error {
  try {
    return transcodeJson(signal, Buffer.from(input));
  } catch (error) {
    if (error instanceof MalformedRequestError || error instanceof TooManyRecordsError) return error;
    throw error;
  }
}
