import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from './api-client.js';
import type { Bench } from './bench.js';
import { filledStore } from './fill.js';
import { CONVERSATION_TEXT_BYTES, VOCABULARY_WORDS } from './generate/conversations.js';
import { Random } from './generate/random.js';
import { uniqueWord, Vocabulary } from './generate/vocabulary.js';
import { askEach, IDLE_LIMIT_MS, type QueryTimes, untilIdle } from './queries.js';
import type { QueryKind } from './query-kinds.js';
import { diskBytesOf } from './readings.js';

export interface SearchResult {
  readonly sessions: number;
  /** Of all messages, bytes. */
  readonly textBytes: number;
  readonly diskBytes: number;
  /** Of the index alone, which is part of `diskBytes`. */
  readonly indexBytes: number;
  readonly peakMemory: number | undefined;
  /** One client, nothing else. */
  readonly queries: readonly QueryTimes[];
}

const SEED = 20261130;
const ASKED = 100;
/** Ranks of words by which sessions are searched. The word of rank r is every (12 r)th word. */
const RANKS = { common: 10, frequent: 1_000, uncommon: 20_000, rare: 90_000 } as const;
/** How many neighbours of a rank are asked for in turn. */
const NEAR = 200;
const POLL_MS = 10_000;

/** Content search over many sessions with much text. The store is filled as by `scale`, or found with `--filled`. */
export async function measureSearch(bench: Bench): Promise<SearchResult> {
  const { sessions } = bench.options;
  const filling = { kind: 'conversations', seed: SEED } as const;
  const { directory, sessions: known } = await filledStore(bench, 'search', filling);
  if (known !== sessions) throw new Error(`${directory} has ${known} sessions: give --sessions ${known}`);
  const server = await bench.startServer(directory);
  const api = new ApiClient(server.origin);
  await untilIndexed(bench, api, server.origin);
  await untilIdle(bench, 'search', server);
  bench.progress('search: queries');
  const queries = await askEach(bench, api, searchKinds(sessions), ASKED, IDLE_LIMIT_MS);
  const peakMemory = server.peakMemory();
  api.close();
  await bench.stopServer(server);
  return {
    sessions,
    textBytes: sessions * CONVERSATION_TEXT_BYTES,
    diskBytes: diskBytesOf(directory),
    indexBytes: statSync(join(directory, 'search.sqlite')).size,
    peakMemory,
    queries,
  };
}

/** Each kind asks for another word each time, so that no answer is a kept one. */
function searchKinds(sessions: number): QueryKind[] {
  const random = new Random(SEED);
  const vocabulary = new Vocabulary(VOCABULARY_WORDS);
  const near = (rank: number): string => vocabulary.word(rank + random.below(Math.min(NEAR, rank)));
  const own = (): string => uniqueWord(random.below(sessions));
  const kind = (name: string, query: () => string): QueryKind => ({
    name,
    path: () => `/api/v1/sessions?limit=50&q=${encodeURIComponent(query())}`,
  });
  return [
    kind('a word that nobody said', () => `ref${random.below(1e6)}x`),
    kind('a word of one session', own),
    kind('a word of one session, in:messages', () => `${own()} in:messages`),
    kind('a prefix of ten sessions', () => `${own().slice(0, -1)}*`),
    kind(`a rare word (rank ${RANKS.rare})`, () => near(RANKS.rare)),
    kind(`an uncommon word (rank ${RANKS.uncommon})`, () => near(RANKS.uncommon)),
    kind('two uncommon words', () => `${near(RANKS.uncommon)} ${near(RANKS.uncommon)}`),
    kind(`a frequent word (rank ${RANKS.frequent})`, () => near(RANKS.frequent)),
    kind('a frequent and a rare word', () => `${near(RANKS.frequent)} ${near(RANKS.rare)}`),
    kind(`a common word (rank ${RANKS.common})`, () => near(RANKS.common)),
    kind('two common words', () => `${near(RANKS.common)} ${near(RANKS.common)}`),
    kind('a phrase of common words', () => `"${near(RANKS.common)} ${near(RANKS.common)}"`),
    kind('a rare word without a common one', () => `${near(RANKS.rare)} -${near(RANKS.common)}`),
  ];
}

/** Waits until all is indexed; tells up to when it is. */
async function untilIndexed(bench: Bench, api: ApiClient, origin: string): Promise<void> {
  interface Answer {
    readonly search?: { readonly is_complete: boolean; readonly indexed_until?: string };
  }
  for (;;) {
    const { search } = await api.json<Answer>('/api/v1/sessions?limit=1&q=nobodysaidthis');
    if (search === undefined) throw new Error(`${origin} does not search`);
    if (search.is_complete) return;
    bench.progress(`search: indexed until ${search.indexed_until ?? 'nothing'}`);
    await delay(POLL_MS);
  }
}
