import { HEAVY_USER_ID, HISTORY_DAYS, rareUserId } from './generate/history.js';
import { sessionId } from './generate/ids.js';
import type { Random } from './generate/random.js';

/** One kind of request; `path` returns a different request of the kind each time. */
export interface QueryKind {
  readonly name: string;
  /** Reads much. Requested only once in `HEAVY_ROUNDS` rounds, so that the others get most of a window. */
  readonly heavy?: boolean;
  path(): string;
}

/** Number of rounds in which heavy kinds are requested once. */
export const HEAVY_ROUNDS = 5;

/** The data that the requests are about. */
export interface QueryGround {
  readonly stream: number;
  readonly sessions: number;
  /** Milliseconds since 1970: the end of the history. */
  readonly endMs: number;
  /** Cursors of deep pages of 100. */
  readonly deepCursors: readonly string[];
  readonly deepPage: number;
}

const SESSIONS = '/api/v1/sessions';
const DAY_MS = 86_400_000;
/** The filters of the page's switch. */
const VISITS = 'bots=false&minTraceSpans=2';

export function queryKinds(ground: QueryGround, random: Random): QueryKind[] {
  const { stream, sessions, endMs, deepCursors, deepPage } = ground;
  const anySession = () => sessionId(stream, random.below(sessions));
  const rare = () => rareUserId(sessions, random.unit());
  const range = (lengthMs: number) => {
    const start = endMs - lengthMs - random.below(HISTORY_DAYS * DAY_MS - 2 * lengthMs);
    return `startTime=${iso(start)}&endTime=${iso(start + lengthMs)}`;
  };
  const list = (name: string, query: () => string): QueryKind => ({
    name,
    path: () => `${SESSIONS}?${query()}`,
  });
  return [
    { name: 'first page', path: () => SESSIONS },
    list(`page ${deepPage}`, () => {
      const cursor = deepCursors[random.below(deepCursors.length)]!;
      return `limit=100&cursor=${encodeURIComponent(cursor)}`;
    }),
    list('isActive=true', () => 'isActive=true'),
    list('isActive=false', () => 'isActive=false'),
    list('userId, rare', () => `userId=${rare()}`),
    list('userId, heavy', () => `userId=${HEAVY_USER_ID}`),
    list('one hour', () => range(DAY_MS / 24)),
    list('one day', () => range(DAY_MS)),
    list('userId, rare + isActive=true', () => `userId=${rare()}&isActive=true`),
    list('userId, heavy + isActive=true', () => `userId=${HEAVY_USER_ID}&isActive=true`),
    list('userId, heavy + isActive=false', () => `userId=${HEAVY_USER_ID}&isActive=false`),
    list('service, all', () => 'service=shop-web'),
    list('model', () => 'model=gpt-4o-mini-2024-07-18'),
    list('state=active', () => 'state=active'),
    list('state=idle', () => 'state=idle'),
    list('state=ended', () => 'state=ended'),
    list('state=timed_out', () => 'state=timed_out'),
    list('state=invalidated, none', () => 'state=invalidated'),
    list('deviceType', () => 'deviceType=mobile'),
    list('country', () => 'country=DE'),
    list('hasErrors=true', () => 'hasErrors=true'),
    list('hasErrors=false', () => 'hasErrors=false'),
    list('minDurationMs, half', () => 'minDurationMs=300000'),
    list('minDurationMs, rare', () => 'minDurationMs=2390000'),
    list('minCostUsd', () => 'minCostUsd=0.00001'),
    list('service + hasErrors + minDurationMs', () => 'service=shop-web&hasErrors=true&minDurationMs=60000'),
    list('country + deviceType, one day', () => `country=DE&deviceType=mobile&${range(DAY_MS)}`),
    list('model + minDurationMs, none', () => 'model=gpt-4o-mini-2024-07-18&minDurationMs=86400000'),
    list('userId, heavy + hasErrors', () => `userId=${HEAVY_USER_ID}&hasErrors=true`),
    list('implicit=false', () => 'implicit=false'),
    list('implicit=true, none', () => 'implicit=true'),
    list('bots=false + minTraceSpans', () => VISITS),
    list('minSpans, rare', () => 'minSpans=60'),
    { name: 'one session', path: () => `${SESSIONS}/${anySession()}` },
    { name: 'its traces', path: () => `${SESSIONS}/${anySession()}/traces` },
    { name: 'its usage', path: () => `${SESSIONS}/${anySession()}/usage` },
    { name: 'its outline', path: () => `${SESSIONS}/${anySession()}/outline` },
    { name: 'facets', path: () => `${SESSIONS}/facets` },
    { name: 'facets, no bots, all time', heavy: true, path: () => `${SESSIONS}/facets?${VISITS}` },
    {
      name: 'facets, three of their filters',
      heavy: true,
      path: () => `${SESSIONS}/facets?deviceType=mobile&not.country=DE&service=shop-web`,
    },
    { name: 'facets, one day', heavy: true, path: () => `${SESSIONS}/facets?${range(DAY_MS)}` },
    { name: 'timeline, all time', heavy: true, path: () => `${SESSIONS}/timeline` },
    { name: 'timeline, one day', heavy: true, path: () => `${SESSIONS}/timeline?${range(DAY_MS)}` },
    { name: 'top by cost', heavy: true, path: () => `${SESSIONS}/top` },
    {
      name: 'top by duration, one day',
      heavy: true,
      path: () => `${SESSIONS}/top?by=duration&${range(DAY_MS)}`,
    },
    { name: 'stats, all time', heavy: true, path: () => `${SESSIONS}/stats` },
    { name: 'stats, no bots, all time', heavy: true, path: () => `${SESSIONS}/stats?${VISITS}` },
    {
      name: 'stats, no bots, one day',
      heavy: true,
      path: () => `${SESSIONS}/stats?${VISITS}&${range(DAY_MS)}`,
    },
    { name: 'stats, 12 days', heavy: true, path: () => `${SESSIONS}/stats?${range(12 * DAY_MS)}` },
    { name: 'stats, one device, all time', heavy: true, path: () => `${SESSIONS}/stats?deviceType=mobile` },
    { name: 'stats, pages below /, all time', heavy: true, path: () => `${SESSIONS}/stats?url=/` },
    { name: 'timeline, no bots, all time', heavy: true, path: () => `${SESSIONS}/timeline?${VISITS}` },
    { name: 'top by cost, 12 days', heavy: true, path: () => `${SESSIONS}/top?${range(12 * DAY_MS)}` },
    { name: 'top by duration', heavy: true, path: () => `${SESSIONS}/top?by=duration` },
    { name: 'visits, all time', heavy: true, path: () => `${SESSIONS}/visits` },
    { name: 'visits, one day', heavy: true, path: () => `${SESSIONS}/visits?${range(DAY_MS)}` },
    { name: 'top by cost, no bots', heavy: true, path: () => `${SESSIONS}/top?${VISITS}` },
    {
      name: 'stats, last 24 h',
      heavy: true,
      path: () => `${SESSIONS}/stats?startTime=${iso(Date.now() - DAY_MS)}`,
    },
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
