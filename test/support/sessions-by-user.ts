/** A trace that names a user and no session. Times are nanoseconds since 1970. */
export interface TraceOfUser {
  readonly id: string;
  readonly user: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export interface GroupingLimits {
  readonly pauseNs: bigint;
  readonly mostTraces: number;
}

const HOUR_NS = 3_600_000_000_000n;

/**
 * S40 computed in the simplest way from all traces at once, whose parts are shorter than a day: the id of the
 * trace that names the session of each. Traces that are in no session of their user are left out.
 */
export function sessionsByUser(
  traces: Iterable<TraceOfUser>,
  { pauseNs, mostTraces }: GroupingLimits,
): Map<string, string> {
  const sessions = new Map<string, string>();
  const all = [...traces].sort(byStart);
  for (const user of new Set(all.map((trace) => trace.user))) {
    const ofUser = all.filter((trace) => trace.user === user);
    const grouped = ofUser.filter((trace) => ofUser.filter(isInHourOf(trace)).length <= mostTraces);
    for (const run of runsOf(grouped, pauseNs)) {
      const lastNs = run.reduce((last, { endNs }) => (endNs > last ? endNs : last), 0n);
      const isTooLarge = run.length > mostTraces || lastNs - run[0]!.startNs > 24n * HOUR_NS;
      for (const trace of run) {
        const first = isTooLarge ? run.find(isInHourOf(trace))! : run[0]!;
        sessions.set(trace.id, first.id);
      }
    }
  }
  return sessions;
}

/**
 * For traces in order: a trace begins a run if none before it ends within the pause before it begins, or
 * later.
 */
function runsOf(traces: readonly TraceOfUser[], pauseNs: bigint): TraceOfUser[][] {
  const runs: TraceOfUser[][] = [];
  for (const [i, trace] of traces.entries()) {
    const goesOn = traces.slice(0, i).some(({ endNs }) => trace.startNs <= endNs + pauseNs);
    if (goesOn) runs.at(-1)!.push(trace);
    else runs.push([trace]);
  }
  return runs;
}

function isInHourOf(trace: TraceOfUser): (other: TraceOfUser) => boolean {
  return ({ startNs }) => startNs / HOUR_NS === trace.startNs / HOUR_NS;
}

function byStart(a: TraceOfUser, b: TraceOfUser): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
