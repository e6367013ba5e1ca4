import { ApiClient } from './api-client.js';
import type { Bench } from './bench.js';
import { filledStore } from './fill.js';
import { Random } from './generate/random.js';
import { askEach, HISTORY, IDLE_LIMIT_MS, type QueryTimes, untilIdle, walk } from './queries.js';
import { queryKinds } from './query-kinds.js';
import { diskBytesOf } from './readings.js';

export interface ScaleResult {
  readonly sessions: number;
  readonly diskBytes: number;
  /** From the start of the process to the first `/readyz` that says 200, ms, each of a process of its own. */
  readonly startMs: readonly number[];
  /** Resident memory of a server that has just started, and after the queries, bytes. */
  readonly memory: { readonly started: number | undefined; readonly queried: number | undefined };
  /** One client, nothing else. */
  readonly queries: readonly QueryTimes[];
}

const SEED = 20260116;
const PAGE = 100;
const STARTS = 5;
const ASKED = 500;
const DEEPEST_PAGE = 5000;

/**
 * Starting and listing over many sessions. The store is filled without HTTP, in the process that decodes; with `--filled DIR` it is kept there, and
 * used again as it is by later runs.
 */
export async function measureScale(bench: Bench): Promise<ScaleResult> {
  const { sessions } = bench.options;
  const { directory, timeMs: endMs } = await filledStore(bench, 'scale', { kind: 'history', seed: SEED });
  const diskBytes = diskBytesOf(directory);
  const startMs: number[] = [];
  for (let i = 1; i < STARTS; i++) {
    const server = await bench.startServer(directory);
    startMs.push(server.startMs);
    await bench.stopServer(server);
  }
  const server = await bench.startServer(directory);
  startMs.push(server.startMs);
  const started = server.peakMemory();
  const api = new ApiClient(server.origin);
  const { total_sessions: total } = await api.json<{ total_sessions: number }>('/api/v1/sessions/stats');
  if (total !== sessions) bench.problem(`scale: ${total} sessions, and ${sessions} were filled in`);
  const deepPage = Math.min(DEEPEST_PAGE, Math.floor(sessions / PAGE / 2));
  bench.progress(`scale: walking to page ${deepPage}`);
  const deepCursors = await walk(api, deepPage);
  await untilIdle(bench, 'scale', server);
  bench.progress('scale: queries');
  const ground = { stream: HISTORY, sessions, endMs, deepCursors, deepPage };
  const queries = await askEach(bench, api, queryKinds(ground, new Random(SEED)), ASKED, IDLE_LIMIT_MS);
  const queried = server.peakMemory();
  api.close();
  await bench.stopServer(server);
  return {
    sessions,
    diskBytes,
    startMs,
    memory: { started, queried },
    queries,
  };
}
