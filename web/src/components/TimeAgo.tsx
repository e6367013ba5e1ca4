import { exactTime, formatAgo, parseTime } from '../format/time.js';
import { useNow } from './use-now.js';

/** How long ago a time (RFC 3339) was, updated as time passes. The title has the exact time. */
export function TimeAgo({ time }: { readonly time: string }) {
  const now = useNow();
  const ms = parseTime(time);
  return (
    <time dateTime={time} title={exactTime(ms)}>
      {formatAgo(ms, now)}
    </time>
  );
}
