import type { QueryService } from './query-service.js';
import { QueryThread } from './query-thread.js';
import type { QueryMethod, QueryThreadData } from './thread-messages.js';

/**
 * A query service whose work is done in two threads of its own: one for reads whose cost is known (`point`), one for reads
 * that may take long (`scan`). So neither the receiver nor a page of sessions ever waits for statistics or large traces.
 *
 * `readerModule` is the URL of a module that exports `openReader(readerOptions): Promise<SessionReader>`; each thread
 * opens a reader of its own. `readerOptions` must be cloneable. Rejects where a reader cannot be
 * opened. `onCrash` is told why a thread died; the next request that needs one starts another.
 */
export async function startQueryThreads(
  data: QueryThreadData,
  onCrash: (error: Error) => void,
): Promise<QueryService> {
  const point = new QueryThread('point', data, onCrash);
  const scan = new QueryThread('scan', data, onCrash);
  try {
    await Promise.all([point.start(), scan.start()]);
  } catch (error) {
    await Promise.all([point.close(), scan.close()]);
    throw error;
  }

  const certain = async (thread: QueryThread, method: QueryMethod, query: unknown): Promise<Uint8Array> =>
    (await thread.request(method, [query]))!;
  return {
    list: (query) => certain(point, 'list', query),
    get: (sessionId) => point.request('get', [sessionId]),
    traces: (sessionId, query) => scan.request('traces', [sessionId, query]),
    usage: (sessionId, query) => scan.request('usage', [sessionId, query]),
    conversation: (sessionId, query) => scan.request('conversation', [sessionId, query]),
    outline: (sessionId) => scan.request('outline', [sessionId]),
    trace: (traceId) => scan.request('trace', [traceId]),
    span: (traceId, spanId) => scan.request('span', [traceId, spanId]),
    stats: (query) => certain(scan, 'stats', query),
    timeline: (query) => certain(scan, 'timeline', query),
    top: (query) => certain(scan, 'top', query),
    facets: () => certain(scan, 'facets', undefined),
    changes: (request) => certain(point, 'changes', request),
    close: async () => {
      await Promise.all([point.close(), scan.close()]);
    },
  };
}
