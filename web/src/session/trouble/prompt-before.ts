import { parseTime } from '../../format/time.js';
import type { Turn } from '../queries.js';

/** Trace and time of a failure; milliseconds since 1970. */
interface Failure {
  readonly traceId: string;
  readonly time: number;
}

/** Times of turns have millisecond precision. */
const PRECISION_MS = 1;

/** The user's last message before a failure: in the same trace if it has any messages, else in any trace. */
export function promptBefore(turns: readonly Turn[], { traceId, time }: Failure): Turn | undefined {
  const said = turns.filter(
    (turn) => turn.role === 'user' && turn.text !== undefined && parseTime(turn.time) <= time + PRECISION_MS,
  );
  const near = said.filter((turn) => turn.trace_id === traceId);
  return (near.length > 0 ? near : said).reduce<Turn | undefined>(
    (latest, turn) => (latest === undefined || turn.time >= latest.time ? turn : latest),
    undefined,
  );
}

/** Whether later turns cannot affect `promptBefore`, because they are of later traces. */
export function isPast(turns: readonly Turn[], { traceId, time }: Failure): boolean {
  const last = turns.at(-1);
  return last !== undefined && last.trace_id !== traceId && parseTime(last.time) > time + PRECISION_MS;
}
