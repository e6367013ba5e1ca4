import { Buffer } from 'node:buffer';
import type { ByteString } from '../../sessionize/records.js';
import type { SessionCall } from '../../sessionize/session-usage.js';
import { isLogRecord, type UsageRecord } from '../../sessionize/usage.js';
import type { RecordId } from '../contract/group.js';
import { hexOf } from './group-versions.js';

const SPAN_ID_BYTES = 8;
const LOG_ID_BYTES = 16;

/** The id of a record of a group. `traceId` is the group's; empty if it has none. */
export function recordId(traceId: ByteString, usageRecord: UsageRecord): RecordId {
  return idsOf(traceId, usageRecord.id, isLogRecord(usageRecord));
}

/** The id of a span of a group. */
export function spanRecordId(traceId: ByteString, spanId: ByteString): RecordId {
  return idsOf(traceId, spanId, false);
}

/** The id of the record of a call. A data point is kept as a log record. */
export function recordOfCall({ id, usage }: Pick<SessionCall, 'id' | 'usage'>): RecordId {
  const isLog = usage.signal !== 'span';
  const ownBytes = isLog ? LOG_ID_BYTES : SPAN_ID_BYTES;
  return idsOf(id.slice(0, -ownBytes), id.slice(-ownBytes), isLog);
}

/** The id of the call of a record, as `SessionCall` has it. */
export function callIdOf({ traceId = '', spanId = '', logId = '' }: RecordId): ByteString {
  return Buffer.from(traceId + spanId + logId, 'hex').toString('latin1');
}

function idsOf(traceId: ByteString, own: ByteString, isLog: boolean): RecordId {
  return {
    ...(traceId === '' ? {} : { traceId: hexOf(traceId) }),
    ...(isLog ? { logId: hexOf(own) } : { spanId: hexOf(own) }),
  };
}
