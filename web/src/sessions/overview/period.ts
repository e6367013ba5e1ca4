import { parseTime } from '../../format/time.js';
import type { Counted } from './use-overview.js';

/**
 * The same filters over the time of the same length before, by the start of sessions. Undefined if the range has no
 * beginning. `now` in milliseconds since 1970.
 */
export function periodBefore(counted: Counted, now: number): Counted | undefined {
  const { startTime, endTime, activeFrom, activeTo, ...filters } = counted;
  const from = startTime ?? activeFrom;
  if (from === undefined) return undefined;
  const end = endTime ?? activeTo;
  const fromMs = parseTime(from);
  const length = (end === undefined ? now : parseTime(end)) - fromMs;
  if (length <= 0) return undefined;
  return {
    ...filters,
    startTime: new Date(fromMs - length).toISOString(),
    endTime: new Date(fromMs - 1).toISOString().replace('Z', '999999Z'),
  };
}
