import type { Usage } from '../../src/normalize/facts.js';
import { logsJsonToProtobuf, tracesJsonToProtobuf } from '../../src/otlp/json.js';
import { logIds } from '../../src/otlp/log-ids.js';
import type { StoredFacts, StoredGroup } from '../../src/store/contract/group.js';
import type { StoredCallRecord } from '../../src/store/contract/usage.js';
import { type LogSpec, logsJson, type SpanSpec, spanId, traceId, tracesJson } from './telemetry.js';

/** A record of a group, and its counts. */
export type GroupRecord = ({ readonly span: SpanSpec } | { readonly log: LogSpec }) & {
  readonly usage?: Partial<Usage>;
  readonly not?: StoredCallRecord['reason'];
  readonly by?: StoredCallRecord['by'];
  readonly facts?: Omit<StoredFacts, 'record'>;
};

/** A group as a store returns it; spans with `usage` are usage records. */
export function storedGroup(trace: string | undefined, records: readonly GroupRecord[]): StoredGroup {
  const spans = records.flatMap((record) => ('span' in record ? [record.span] : []));
  const logs = records.flatMap((record) => ('log' in record ? [record.log] : []));
  const logBytes = logsJsonToProtobuf(logsJson(logs)).bytes;
  const ids = logIds(logBytes);
  const times = [...spans.map(({ start }) => start), ...logs.map(({ time }) => time)];
  const idOf = (record: GroupRecord) => ({
    ...(trace !== undefined && { traceId: traceId(trace) }),
    ...('span' in record ? { spanId: spanId(record.span.span) } : { logId: ids[logs.indexOf(record.log)]! }),
  });
  const facts = records.flatMap((record) =>
    record.facts === undefined ? [] : [{ record: idOf(record), ...record.facts }],
  );
  const usageRecords = records.flatMap((record): StoredCallRecord[] => {
    if (record.usage === undefined) return [];
    return [
      {
        record: idOf(record),
        timeNs: 'span' in record ? record.span.start : record.log.time,
        usage: {
          kind: 'call',
          dialect: 'otel-genai',
          signal: 'span' in record ? 'span' : 'log',
          ...record.usage,
        },
        ...(record.not !== undefined && { reason: record.not }),
        ...(record.by !== undefined && { by: record.by }),
      },
    ];
  });
  return {
    position: { startNs: times.reduce((a, b) => (a < b ? a : b)), key: traceId(trace ?? 'ff') },
    version: '0',
    ...(trace !== undefined && { traceId: traceId(trace) }),
    spans: tracesJsonToProtobuf(tracesJson(spans)).bytes,
    logs: logBytes,
    usageRecords,
    ...(facts.length > 0 && { facts }),
  };
}
