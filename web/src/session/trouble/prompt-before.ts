import { parseTime } from '../../format/time.js';
import type { Turn } from '../queries.js';

/** When and where something failed; milliseconds since 1970. */
interface Failure {
  readonly traceId: string;
  readonly time: number;
}

/** Times of turns are read to the millisecond. */
const PRECISION_MS = 1;

/** The last that the user said before something failed: in the same trace if anything was said in it, else anywhere. */
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

/** Whether turns that come after these have no part in `promptBefore`: they are of later traces. */
export function isPast(turns: readonly Turn[], { traceId, time }: Failure): boolean {
  const last = turns.at(-1);
  return last !== undefined && last.trace_id !== traceId && parseTime(last.time) > time + PRECISION_MS;
}
