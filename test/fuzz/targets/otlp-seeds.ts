import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Signal } from '../../../src/otlp/decode.js';
import {
  encodeLogsRequest,
  encodeMetricsRequest,
  encodeTraceRequest,
  logsRequest,
  metricsRequest,
  traceRequest,
  USED_METRIC,
} from '../../otlp-oracle.js';

const CASES = fileURLToPath(new URL('../../../../fixtures/cases/', import.meta.url));
/** A metric that is kept. */
const KEPT_METRIC = 'claude_code.token.usage';
const RANDOM = { numRuns: 100, seed: 1 };
/** Longer ones take longer, and reach nothing more. */
const LONGEST_SEED = 1000;

const MEMBERS: Readonly<Record<Signal, string>> = {
  traces: 'resourceSpans',
  logs: 'resourceLogs',
  metrics: 'resourceMetrics',
};

const METRICS = {
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'claude-code' } }] },
      scopeMetrics: [
        {
          scope: { name: 'com.anthropic.claude_code', version: '1.0' },
          metrics: [
            {
              name: KEPT_METRIC,
              sum: {
                aggregationTemporality: 1,
                isMonotonic: true,
                dataPoints: ['input', 'output', 'cacheRead'].map((type, i) => ({
                  startTimeUnixNano: '1790000000000000000',
                  timeUnixNano: '1790000060000000000',
                  asDouble: 10 * i,
                  attributes: Object.entries({
                    'session.id': 's1',
                    'user.id': 'u1',
                    model: 'claude-sonnet-4-5',
                    type,
                  }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
                })),
              },
            },
            {
              name: 'claude_code.cost.usage',
              sum: {
                aggregationTemporality: 2,
                isMonotonic: true,
                dataPoints: [
                  {
                    startTimeUnixNano: '1790000000000000000',
                    timeUnixNano: '1790000060000000000',
                    asInt: '1',
                    attributes: [{ key: 'session.id', value: { stringValue: 's1' } }],
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
};

/** Small requests in OTLP/JSON: those of `fixtures/cases`, one for each dialect and rule. */
export function jsonSeeds(signal: Signal): Uint8Array[] {
  if (signal === 'metrics') return [bytesOf(METRICS)];
  return readdirSync(CASES)
    .filter((name) => name.endsWith('.otlp.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(CASES + name, 'utf8')) as Record<string, unknown>)
    .filter((request) => request[MEMBERS[signal]] !== undefined)
    .map((request) => bytesOf({ [MEMBERS[signal]]: request[MEMBERS[signal]] }))
    .filter(({ length }) => length <= 2 * LONGEST_SEED);
}

function bytesOf(request: object): Uint8Array {
  return Uint8Array.from(Buffer.from(JSON.stringify(request)));
}

/** Random valid requests in protobuf, as protobufjs writes them. */
export function randomSeeds(signal: Signal): Uint8Array[] {
  return requestsOf(signal).filter(({ length }) => length > 0 && length <= LONGEST_SEED);
}

function requestsOf(signal: Signal): Uint8Array[] {
  switch (signal) {
    case 'traces':
      return fc.sample(traceRequest, RANDOM).map(encodeTraceRequest);
    case 'logs':
      return fc.sample(logsRequest, RANDOM).map(encodeLogsRequest);
    case 'metrics':
      return fc
        .sample(metricsRequest, RANDOM)
        .map((request) =>
          encodeMetricsRequest(
            JSON.parse(JSON.stringify(request, jsonBytes).replaceAll(USED_METRIC, KEPT_METRIC), reviveBytes),
          ),
        );
  }
}

function jsonBytes(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { $bytes: [...value] } : value;
}

function reviveBytes(_name: string, value: unknown): unknown {
  const bytes = (value as { $bytes?: number[] } | null)?.$bytes;
  return bytes === undefined ? value : Uint8Array.from(bytes);
}
