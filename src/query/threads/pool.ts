import type { SessionFilters } from '../../contract/session-filters.js';
import type { Caller, QueryPool, QueryService } from '../query-service.js';
import { isRangeOnly } from '../session-filter.js';
import type { QueryCalls, QueryMethod, QueryThreadData } from './channel.js';
import { type After, type QueryEvents, QueryThread } from './query-thread.js';

type ThreadName = 'point' | 'scan';
type LaneName = 'quick' | 'sums' | 'deep';

/**
 * What a method costs, and so where it waits.
 *
 * - `quick`: index ranges of a page's length, and single rows.
 * - `sums`: sums that are kept ready; milliseconds, tens of them for some ranges of millions of sessions.
 * - `deep`: reads that decode telemetry, whose cost is the size of a session or trace, and sums over sessions that are looked at one by one.
 */
const LANE_OF: {
  readonly [M in QueryMethod]: LaneName | ((...args: QueryCalls[M]['args']) => LaneName);
} = {
  list: 'quick',
  get: 'quick',
  changes: 'quick',
  stats: laneOfCounts,
  timeline: laneOfCounts,
  top: laneOfCounts,
  visits: 'deep',
  facets: 'sums',
  traces: 'deep',
  usage: 'deep',
  exceptions: 'deep',
  events: 'deep',
  conversation: 'deep',
  pages: 'deep',
  media: 'deep',
  outline: 'deep',
  trace: 'deep',
  span: 'deep',
};

/** Sums are kept ready of ranges of time alone. */
function laneOfCounts(request: SessionFilters): LaneName {
  return isRangeOnly(request) ? 'sums' : 'deep';
}

/**
 * Threads and their lanes, those that go first in front. Each thread is an isolate of some 40 MB, so there are no more than keep cheap reads apart from the others.
 * Quick reads follow each other without a pause, though the calling thread may be busy; of the others a thread has one at a time, so that whoever waits
 * is behind one of them and not several.
 */
const LANES: { readonly [T in ThreadName]: readonly { readonly name: LaneName; readonly depth: number }[] } =
  {
    point: [
      { name: 'quick', depth: 8 },
      { name: 'sums', depth: 1 },
    ],
    scan: [{ name: 'deep', depth: 1 }],
  };

/** How a pool tells what happens, and its timers. */
export interface PoolEdges {
  readonly events: QueryEvents;
  readonly after: After;
}

/**
 * A query service whose work is done in two threads of its own: cheap reads never wait for those that may take long, and neither does the
 * receiver. Reads that may take long take turns by client and session.
 *
 * Each thread opens a reader of its own. Rejects where a reader cannot be opened. When a thread dies, the next request that needs one starts another.
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
    (...args: QueryCalls[M]['args']): Promise<QueryCalls[M]['answer']> => {
      const [first] = args;
      const about = typeof first === 'string' ? first : '';
      const laneOf = LANE_OF[method];
      const [thread, lane] = places.get(typeof laneOf === 'string' ? laneOf : laneOf(...args))!;
      return thread.request(method, args, { about, lane, caller });
    };
  return {
    list: ask('list'),
    get: ask('get'),
    stats: ask('stats'),
    timeline: ask('timeline'),
    top: ask('top'),
    visits: ask('visits'),
    facets: ask('facets'),
    changes: ask('changes'),
    traces: ask('traces'),
    usage: ask('usage'),
    exceptions: ask('exceptions'),
    events: ask('events'),
    conversation: ask('conversation'),
    pages: ask('pages'),
    media: ask('media'),
    outline: ask('outline'),
    trace: ask('trace'),
    span: ask('span'),
  };
}
