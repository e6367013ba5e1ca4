import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, ref } from './schema-parts.js';
import { sessionFilters } from './session-filters.js';
import { textFilter } from './text-filter.js';

/** Averages of scores over the sessions under filters. */

/** Most names, and most labels of each. */
export const MOST_SCORE_SUMS = 100;

export const ScoreStatisticsQuery = Type.Object(
  { ...sessionFilters, ...textFilter },
  { additionalProperties: false },
);

const EXAMPLE = {
  name: 'helpful',
  sessions: 31,
  count: 40,
  average: 0.825,
  labels: [
    { label: 'true', count: 33 },
    { label: 'false', count: 7 },
  ],
};

export const ScoreStatistic = Type.Object(
  {
    name: Type.String({ examples: [EXAMPLE.name] }),
    sessions: count('Sessions with scores of this name.', EXAMPLE.sessions),
    count: count('Scores of this name.', EXAMPLE.count),
    average: Type.Optional(
      Type.Number({
        description:
          'The mean of the scores that have a value, each counted once, to six digits after the point. Left out where none has one.',
        examples: [EXAMPLE.average],
      }),
    ),
    labels: Type.Array(
      Type.Object({
        label: Type.String({ examples: ['true'] }),
        count: count('Scores with this label.', 33),
      }),
      { description: `Most scores first, ties by label, at most ${MOST_SCORE_SUMS}.` },
    ),
  },
  { $id: 'ScoreStatistic', description: 'The scores of one name.' },
);
export type ScoreStatistic = Static<typeof ScoreStatistic>;

export const ScoreStatistics = Type.Object(
  {
    items: Type.Array(ref(ScoreStatistic), {
      description: `Names of which most sessions have scores first, ties by name, at most ${MOST_SCORE_SUMS}.`,
    }),
  },
  { $id: 'ScoreStatistics', description: 'Scores by name.', examples: [{ items: [EXAMPLE] }] },
);

export type ScoreStatistics = Static<typeof ScoreStatistics>;

export const SCORE_STATISTICS_SCHEMAS = [ScoreStatistic, ScoreStatistics];
