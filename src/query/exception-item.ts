import { type KeysetPosition, LEAST_NS } from '../contract/cursor.js';
import type { SessionException } from '../contract/exception.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import type { ExceptionScan, StoredException } from '../store/contract/exception.js';
import { recordReference } from './usage-item.js';

/** The contract's item for an exception. */
export function exceptionItem(exception: Omit<StoredException, 'position'>): SessionException {
  const { type, message, stacktrace, service, name, page, count, crashCount, channels } = exception;
  return {
    ...(type !== undefined && { type }),
    ...(message !== undefined && { message }),
    ...(stacktrace !== undefined && { stacktrace }),
    ...(service !== undefined && { service }),
    count,
    ...(crashCount > 0 && { crash_count: crashCount }),
    channels: [...channels],
    first_time: formatRfc3339(exception.firstNs),
    last_time: formatRfc3339(exception.lastNs),
    ...(name !== undefined && { name }),
    ...(page !== undefined && { page }),
    record: recordReference(exception.record),
    ...(exception.span !== undefined && { span: recordReference(exception.span) }),
  };
}

type Place = Pick<ExceptionScan, 'behind' | 'after'>;

/** The cursor position of a place in the list. */
export function encodePlace({ behind, after }: Place): KeysetPosition {
  const parts = [behind?.key ?? '', ...(after === undefined ? [] : [after.firstNs, after.kind])];
  return { startNs: behind?.startNs ?? LEAST_NS, id: parts.join(' ') };
}

export function decodePlace({ startNs, id }: KeysetPosition): Place {
  const [key = '', firstNs, kind = ''] = id.split(' ');
  return {
    ...(/^[0-9a-f]+$/.test(key) && { behind: { startNs, key } }),
    ...(firstNs !== undefined && /^\d{1,20}$/.test(firstNs) && { after: { firstNs: BigInt(firstNs), kind } }),
  };
}
