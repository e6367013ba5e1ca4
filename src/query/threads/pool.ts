import type { Caller, CountRequest, QueryPool, QueryService } from '../query-service.js';
import { isRangeOnly } from '../session-filter.js';
import type { QueryCalls, QueryMethod, QueryThreadData } from './channel.js';
import { type After, type QueryEvents, QueryThread } from './query-thread.js';

type ThreadName = 'point' | 'scan';
type LaneName = 'quick' | 'sums' | 'deep';

/**
 * The cost of each method, which decides the lane that it waits in.
 * - `quick`: index ranges of a page's length, and single rows.
 * - `sums`: precomputed aggregates. Milliseconds; tens of them for some ranges of millions of sessions.
 * - `deep`: reads that decode telemetry, with the cost of a session or trace, and aggregates over single
 *   sessions.
 */
const LANE_OF: {
  readonly [M in QueryMethod]: LaneName | ((...args: Parameters<QueryService[M]>) => LaneName);
} = {
  projects: 'quick',
  list: ({ q }) => (q === undefined ? 'quick' : 'deep'),
  get: 'quick',
  changes: 'quick',
  stats: (request) => (request.percentiles === true ? 'deep' : laneOfCounts(request)),
  timeline: laneOfCounts,
  top: laneOfCounts,
  topCalls: 'deep',
  groups: 'deep',
  visits: 'deep',
  scoreStats: 'deep',
  toolStats: 'deep',
  errorStats: 'deep',
  facets: 'sums',
  traces: 'deep',
  usage: 'deep',
  exceptions: 'deep',
  events: 'deep',
  scores: 'deep',
  scorePlace: 'deep',
  conversation: 'deep',
  pages: 'deep',
  media: 'deep',
  outline: 'deep',
  outlineColumns: 'deep',
  traceSessions: 'deep',
  trace: 'deep',
  span: 'deep',
  exportPart: 'deep',
};

/** Precomputed aggregates only exist for ranges of time without other filters. */
function laneOfCounts(request: CountRequest): LaneName {
  return request.q === undefined && isRangeOnly(request) ? 'sums' : 'deep';
}

/**
 * Threads and their lanes, in order of priority. Each thread is an isolate of about 40 MB, so only cheap
 * reads have a separate one. A thread has several quick reads at a time, so that a busy calling thread does
 * not make it idle. It has only one read of each other lane, so that a client waits for one of them at most.
 */
const LANES: { readonly [T in ThreadName]: readonly { readonly name: LaneName; readonly depth: number }[] } =
  {
    point: [
      { name: 'quick', depth: 8 },
      { name: 'sums', depth: 1 },
    ],
    scan: [{ name: 'deep', depth: 1 }],
  };

/** How a pool reports events, and its timers. */
export interface PoolEdges {
  readonly events: QueryEvents;
  readonly after: After;
}

/**
 * A query service that runs in two threads. Cheap reads wait neither for long reads nor for the receiver.
 * Clients and sessions take turns at long reads.
 *
 * Each thread opens its own reader. Rejects if a reader cannot be opened. When a thread dies, the next
 * request for it starts another.
 */
export async function startQueryThreads(data: QueryThreadData, edges: PoolEdges): Promise<QueryPool> {
  const threadOf = (name: ThreadName): QueryThread =>
    new QueryThread({ name, data, depths: LANES[name].map(({ depth }) => depth), ...edges });
  const threads = { point: threadOf('point'), scan: threadOf('scan') };
  const all = Object.values(threads);
  const close = async (): Promise<void> => {
    await Promise.all(all.map((thread) => thread.close()));
  };
  try {
    await Promise.all(all.map((thread) => thread.start()));
  } catch (error) {
    await close();
    throw error;
  }
  const places = placesOf(threads);
  return { for: (caller) => serviceOf(places, caller), close };
}

/** A lane of a thread. */
type Place = readonly [thread: QueryThread, lane: number];

function placesOf(threads: { readonly [T in ThreadName]: QueryThread }): ReadonlyMap<LaneName, Place> {
  return new Map(
    (Object.keys(LANES) as ThreadName[]).flatMap((thread) =>
      LANES[thread].map(({ name }, lane) => [name, [threads[thread], lane]] as const),
    ),
  );
}

function serviceOf(places: ReadonlyMap<LaneName, Place>, caller: Caller): QueryService {
  const ask =
    <M extends QueryMethod>(method: M) =>
    (...args: Parameters<QueryService[M]>): Promise<QueryCalls[M]['answer']> => {
      const [first] = args;
      const about = typeof first === 'string' ? first : '';
      const laneOf = LANE_OF[method];
      const [thread, lane] = places.get(typeof laneOf === 'string' ? laneOf : laneOf(...args))!;
      return thread.request(method, [caller.project, ...args], { about, lane, caller });
    };
  return {
    projects: ask('projects'),
    list: ask('list'),
    get: ask('get'),
    stats: ask('stats'),
    timeline: ask('timeline'),
    top: ask('top'),
    topCalls: ask('topCalls'),
    groups: ask('groups'),
    visits: ask('visits'),
    scoreStats: ask('scoreStats'),
    toolStats: ask('toolStats'),
    errorStats: ask('errorStats'),
    facets: ask('facets'),
    changes: ask('changes'),
    traces: ask('traces'),
    usage: ask('usage'),
    exceptions: ask('exceptions'),
    events: ask('events'),
    scores: ask('scores'),
    scorePlace: ask('scorePlace'),
    conversation: ask('conversation'),
    pages: ask('pages'),
    media: ask('media'),
    outline: ask('outline'),
    outlineColumns: ask('outlineColumns'),
    traceSessions: ask('traceSessions'),
    trace: ask('trace'),
    span: ask('span'),
    exportPart: ask('exportPart'),
  };
}
