import { Buffer } from 'node:buffer';
import type { Normalizer } from '../../../src/normalize/normalizer.js';
import { otlpTypes, toOtlpJson } from '../../otlp-oracle.js';
import { decodeRequest } from '../../support/decode-request.js';
import { plainNormalizer } from '../../support/normalizer.js';
import { mutateProtobuf } from '../mutate-protobuf.js';
import { assertSame } from '../same.js';
import type { FuzzTarget } from '../target.js';
import { factsOf } from './otlp.js';
import { jsonSeeds, randomSeeds } from './otlp-seeds.js';

const TYPES = {
  traces: otlpTypes.ExportTraceServiceRequest,
  logs: otlpTypes.ExportLogsServiceRequest,
} as const;
const LIMITS = { maxRecords: 10_000, maxAttributesPerRecord: 1024 };

/** A request that protobufjs can read means the same in JSON, in any of the texts that its JSON may have. */
export async function openEncodings(): Promise<FuzzTarget> {
  const normalizer = await plainNormalizer();
  return {
    seeds: (['traces', 'logs'] as const).flatMap((signal) => [
      ...randomSeeds(signal),
      ...jsonSeeds(signal).map((json) =>
        encode(signal, TYPES[signal].fromObject(JSON.parse(Buffer.from(json).toString()))),
      ),
    ]),
    mutate: mutateProtobuf,
    run: (input) => {
      for (const signal of ['traces', 'logs'] as const) check(signal, input, normalizer);
    },
  };
}

function check(signal: keyof typeof TYPES, input: Uint8Array, normalizer: Normalizer): void {
  const type = TYPES[signal];
  let request: object;
  try {
    request = withOneNaN(type.toObject(type.decode(input), { longs: String })) as object;
  } catch {
    return;
  }
  const protobuf = encode(signal, request);
  const json = Buffer.from(toOtlpJson(request, input.length));
  const [ofProtobuf, ofJson] = [
    decodeRequest(signal, 'protobuf', protobuf, normalizer, LIMITS),
    decodeRequest(signal, 'json', json, normalizer, LIMITS),
  ];
  // In JSON the ids of links are checked too.
  if (ofJson.rejected.has('malformed_record')) return;
  assertSame(factsOf(ofJson.batch), factsOf(ofProtobuf.batch), 'the same facts');
  assertSame(ofJson.rejected, ofProtobuf.rejected, 'the same is rejected');
}

/** Protobuf has many bytes for NaN, which make different records. JSON has one. */
function withOneNaN(value: unknown): unknown {
  if (typeof value === 'number') return Number.isNaN(value) ? Number.NaN : value;
  if (Array.isArray(value)) return value.map(withOneNaN);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withOneNaN(each)]));
}

function encode(signal: keyof typeof TYPES, request: object): Uint8Array {
  const type = TYPES[signal];
  return Uint8Array.from(type.encode(type.fromObject(request)).finish());
}
